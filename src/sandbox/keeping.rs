//! What of a run goes into the store of scripts and outputs, where the policy keeps one.
//!
//! Only of scripts that the checks accepted, and in which they found no secret, not even one that
//! merely warns: what a finding must mask is not written out beside it. What a script prints is kept
//! as it came, whatever it is.

use super::{Request, Sandbox};
use crate::audit::{Durability, Known, Store, Stored};
use crate::check::Layer;
use crate::outcome::Outcome;

impl Sandbox {
    /// The store, if the policy wants one.
    fn store(&self) -> Option<Result<Store, String>> {
        let audit = &self.policy.audit;
        let wanted = audit.enabled && audit.store;
        wanted.then(|| Ok(self.log()?.store(audit.store_max.get())))
    }

    /// Keeps the script, before it is delivered.
    pub(super) async fn keep_script(
        &self,
        request: &Request,
        outcome: &Outcome,
    ) -> Result<Known<Stored>, String> {
        let Some(store) = self.store() else {
            return Ok(None);
        };
        if outcome
            .findings
            .iter()
            .any(|finding| finding.layer == Layer::Secrets)
        {
            return Ok(Some(Err(
                "the checks found a secret, so neither script nor output is stored".to_owned(),
            )));
        }
        let (store, script) = (store?, request.script.clone());
        let stored = Stored {
            script: store.name(&script),
            ..Stored::default()
        };
        tokio::task::spawn_blocking(move || store.put(&[&script], Durability::OnDisk))
            .await
            .map_err(|error| error.to_string())?
            .map_err(|error| error.to_string())?;
        Ok(Some(Ok(stored)))
    }

    /// Keeps the output of a script that was kept.
    pub(super) fn keep_output(&self, outcome: &Outcome, stored: &mut Stored) -> Result<(), String> {
        let Some(store) = self.store() else {
            return Ok(());
        };
        let store = store?;
        let streams = [outcome.stdout.bytes(), outcome.stderr.bytes()];
        let pieces = streams.each_ref().map(Vec::as_slice);
        store
            .put(&pieces, Durability::Written)
            .map_err(|error| error.to_string())?;
        [stored.stdout, stored.stderr] = pieces.map(|bytes| store.name(bytes));
        Ok(())
    }
}
