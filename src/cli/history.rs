//! `lazaret history`, and `history show`.

use jiff::{Span, Timestamp};

use super::args::{Format, HistoryOptions, HistoryShow, PolicyOption};
use super::{output, setup};
use crate::audit::{self, Entry, Log};
use crate::render;
use crate::sandbox::Sandbox;

pub(super) fn history(options: &HistoryOptions) -> u8 {
    let told = match &options.show {
        Some(super::args::HistoryCommand::Show(show)) => one(show),
        None => many(options),
    };
    output::told(told)
}

fn log(option: &PolicyOption) -> Result<Log, String> {
    let policy = setup::policy(option).map_err(|error| error.to_string())?;
    Sandbox::new(policy).log()
}

fn many(options: &HistoryOptions) -> Result<String, String> {
    if options.stats {
        let mut counts = render::Counts::default();
        each(options, |run| {
            counts.add(&run);
            true
        })?;
        return Ok(match options.format {
            Format::Text => render::history_stats_table(counts),
            Format::Json => render::history_stats_document(counts) + "\n",
        });
    }
    let mut chosen = Vec::new();
    each(options, |run| {
        chosen.push(run);
        chosen.len() < options.limit
    })?;
    chosen.truncate(options.limit);
    Ok(match options.format {
        Format::Text => render::history_table(&chosen),
        Format::Json => render::history_document(&chosen) + "\n",
    })
}

/// Tells of every run that fits, newest first, for as long as more are wanted.
fn each(options: &HistoryOptions, mut wants_more: impl FnMut(Entry) -> bool) -> Result<(), String> {
    let log = log(&options.policy)?;
    let since = options.since.as_deref().map(since).transpose()?;
    for run in audit::history(&log).map_err(|error| error.to_string())? {
        let run = run.map_err(|error| error.to_string())?;
        if since.is_some_and(|since| is_before(&run, since)) {
            break;
        }
        if fits(options, &run) && !wants_more(run) {
            break;
        }
    }
    Ok(())
}

fn one(show: &HistoryShow) -> Result<String, String> {
    let log = log(&show.policy)?;
    let records = audit::story(&log, &show.run).map_err(|error| error.to_string())?;
    if records.is_empty() {
        let run = crate::text::single_line(&show.run);
        return Err(format!(
            "no run in the log begins with `{run}`; `lazaret history` lists them"
        ));
    }
    // Its bound matters to writers alone.
    let stored = log.store(0).places(&records);
    Ok(match show.format {
        Format::Text => render::story_text(&records, &stored),
        Format::Json => render::story_document(&records, &stored) + "\n",
    })
}

fn fits(options: &HistoryOptions, run: &Entry) -> bool {
    let is = |wanted: &Option<String>, value: Option<&str>| {
        wanted.as_deref().is_none_or(|wanted| value == Some(wanted))
    };
    is(
        &options.status,
        run.status.as_deref().or(Some("unfinished")),
    ) && is(&options.language, Some(&run.script.language))
        && options
            .text
            .as_deref()
            .is_none_or(|text| mentions(run, text))
}

/// Whether anything that the table or the run's story shows has the text.
fn mentions(run: &Entry, text: &str) -> bool {
    let problem = run.problem.as_ref();
    [
        Some(run.run.as_str()),
        run.user.as_deref(),
        run.image.as_deref(),
        Some(run.script.sha256.as_str()),
        problem.map(|problem| problem.kind.as_str()),
        problem.map(|problem| problem.message.as_str()),
    ]
    .into_iter()
    .flatten()
    .any(|value| value.contains(text))
}

fn is_before(run: &Entry, since: Timestamp) -> bool {
    run.time.parse::<Timestamp>().is_ok_and(|time| time < since)
}

/// A time, a date, or how long ago: `2026-11-21`, `2026-11-21T10:00:00Z`, `2h`, `7d`.
fn since(given: &str) -> Result<Timestamp, String> {
    if let Ok(time) = given.parse::<Timestamp>() {
        return Ok(time);
    }
    if let Ok(date) = given.parse::<jiff::civil::Date>() {
        let zone = jiff::tz::TimeZone::UTC;
        let midnight = date.to_zoned(zone).map_err(|error| error.to_string())?;
        return Ok(midnight.timestamp());
    }
    let unclear = || {
        let given = crate::text::single_line(given);
        format!(
            "`{given}` is no time: write 2026-11-21, 2026-11-21T10:00:00Z, or how long ago: 90m, 2h, 7d"
        )
    };
    let span: Span = given.parse().map_err(|_| unclear())?;
    let hours = span
        .total((
            jiff::Unit::Second,
            jiff::SpanRelativeTo::days_are_24_hours(),
        ))
        .map_err(|_| unclear())?;
    let ago = jiff::SignedDuration::from_secs_f64(hours);
    Timestamp::now().checked_sub(ago).map_err(|_| unclear())
}
