//! The forms of well-known tokens: data for `tokens`. From the services' own descriptions; only
//! forms that nothing else has.

/// Which letters follow a prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    /// Letters and digits, and these marks.
    Mixed(&'static str),
    /// Hexadecimal digits in lower case.
    Hex,
    /// Capitals and digits.
    Upper,
}

/// Prefixes of one service, and how many letters of which kind follow.
pub(super) struct Form {
    pub(super) what: &'static str,
    pub(super) prefixes: &'static [&'static str],
    pub(super) body: Body,
    pub(super) least: usize,
    pub(super) most: usize,
}

const fn form(
    what: &'static str,
    prefixes: &'static [&'static str],
    body: Body,
    least: usize,
    most: usize,
) -> Form {
    Form {
        what,
        prefixes,
        body,
        least,
        most,
    }
}

const PLAIN: Body = Body::Mixed("");
const WORDY: Body = Body::Mixed("_-");
const DOTTED: Body = Body::Mixed("_-.");

pub(super) static AWS_KEY_ID: Form = form(
    "an AWS access key id",
    &["AKIA", "ASIA", "ABIA", "ACCA"],
    Body::Upper,
    16,
    16,
);

pub(super) static FORMS: [Form; 67] = [
    form(
        "a GitHub token",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
        PLAIN,
        36,
        255,
    ),
    form(
        "a GitHub token",
        &["github_pat_"],
        Body::Mixed("_"),
        22,
        255,
    ),
    form(
        "a GitLab token",
        &[
            "glpat-", "gloas-", "gldt-", "glrt-", "glcbt-", "glptt-", "glft-", "glimt-",
            "glagent-", "glwt-", "glsoat-", "glffct-",
        ],
        DOTTED,
        20,
        255,
    ),
    form("a GitLab runner's token", &["GR1348941"], WORDY, 20, 64),
    form(
        "a Slack token",
        &["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxo-"],
        Body::Mixed("-"),
        20,
        255,
    ),
    form(
        "a Slack token",
        &["xapp-", "xoxe-", "xoxe.xoxp-", "xoxe.xoxb-"],
        Body::Mixed("-"),
        30,
        512,
    ),
    form(
        "a Stripe key",
        &["sk_live_", "sk_test_", "rk_live_", "rk_test_", "sk_prod_"],
        PLAIN,
        16,
        255,
    ),
    form(
        "a Stripe webhook's secret",
        &["whsec_"],
        Body::Mixed("+/="),
        24,
        255,
    ),
    form("an Anthropic key", &["sk-ant-"], WORDY, 24, 255),
    form(
        "an OpenAI key",
        &["sk-proj-", "sk-svcacct-", "sk-admin-", "sk-None-"],
        WORDY,
        24,
        255,
    ),
    form("an OpenRouter key", &["sk-or-v1-"], Body::Hex, 64, 64),
    form("an OpenAI key", &["sk-"], PLAIN, 20, 64),
    form("a Google API key", &["AIza"], WORDY, 35, 35),
    form("a Google client's secret", &["GOCSPX-"], WORDY, 24, 40),
    form("a Google access token", &["ya29."], WORDY, 30, 512),
    form("an npm token", &["npm_"], PLAIN, 36, 36),
    form(
        "a PyPI token",
        &["pypi-AgEIcHlwaS5vcmc", "pypi-AgENdGVzdC5weXBpLm9yZw"],
        WORDY,
        30,
        512,
    ),
    form("a PyPI token", &["pypi-"], WORDY, 60, 512),
    form("a RubyGems key", &["rubygems_"], Body::Hex, 48, 48),
    form("a Cargo registry's token", &["cio"], PLAIN, 32, 32),
    form("a NuGet key", &["oy2"], PLAIN, 43, 43),
    form("a Hugging Face token", &["hf_", "api_org_"], PLAIN, 30, 40),
    form("a Replicate token", &["r8_"], PLAIN, 37, 40),
    form("a Groq key", &["gsk_"], PLAIN, 48, 60),
    form("an xAI key", &["xai-"], PLAIN, 70, 90),
    form("a Perplexity key", &["pplx-"], PLAIN, 48, 56),
    form("an NVIDIA key", &["nvapi-"], WORDY, 60, 80),
    form(
        "a LangSmith key",
        &["lsv2_pt_", "lsv2_sk_"],
        Body::Mixed("_"),
        40,
        60,
    ),
    form("a SendGrid key", &["SG."], DOTTED, 60, 80),
    form("a Mailgun key", &["key-"], Body::Hex, 32, 32),
    form("a Sendinblue key", &["xkeysib-"], Body::Mixed("-"), 64, 96),
    form("a Twilio key", &["SK"], Body::Hex, 32, 32),
    form(
        "a DigitalOcean token",
        &["dop_v1_", "doo_v1_", "dor_v1_"],
        Body::Hex,
        64,
        64,
    ),
    form("a Heroku key", &["HRKU-"], WORDY, 36, 70),
    form("a Databricks token", &["dapi"], Body::Hex, 32, 32),
    form(
        "a Shopify token",
        &["shpat_", "shpss_", "shpca_", "shppa_"],
        PLAIN,
        32,
        32,
    ),
    form("a Vault token", &["hvs.", "hvb.", "hvr."], WORDY, 24, 300),
    form("a Terraform Cloud token", &["atlasv1."], WORDY, 50, 80),
    form(
        "a Square token",
        &["sq0atp-", "sq0csp-", "sq0idp-"],
        WORDY,
        22,
        60,
    ),
    form("a Square token", &["EAAA"], WORDY, 60, 64),
    form("a Linear key", &["lin_api_", "lin_oauth_"], PLAIN, 32, 64),
    form("a Notion token", &["ntn_"], PLAIN, 40, 60),
    form("a Notion token", &["secret_"], PLAIN, 43, 43),
    form(
        "a Doppler token",
        &[
            "dp.pt.",
            "dp.st.",
            "dp.ct.",
            "dp.sa.",
            "dp.scim.",
            "dp.audit.",
        ],
        DOTTED,
        40,
        80,
    ),
    form("an age key", &["AGE-SECRET-KEY-1"], Body::Upper, 58, 58),
    form(
        "a Docker Hub token",
        &["dckr_pat_", "dckr_oat_"],
        WORDY,
        27,
        36,
    ),
    form(
        "a Grafana token",
        &["glsa_", "glc_"],
        Body::Mixed("_+/="),
        32,
        400,
    ),
    form(
        "an Atlassian token",
        &["ATATT3", "ATCTT3", "ATBB"],
        Body::Mixed("_-="),
        28,
        300,
    ),
    form("a Postman key", &["PMAK-"], Body::Mixed("-"), 59, 59),
    form("a Pulumi token", &["pul-"], Body::Hex, 40, 40),
    form("a Supabase token", &["sbp_", "sb_secret_"], WORDY, 30, 60),
    form(
        "a PlanetScale secret",
        &["pscale_tkn_", "pscale_pw_", "pscale_oauth_"],
        DOTTED,
        32,
        64,
    ),
    form(
        "a Fly token",
        &["fo1_", "fm2_", "fm1_"],
        Body::Mixed("_-+/=,"),
        40,
        1024,
    ),
    form("a Figma token", &["figd_", "figu_"], WORDY, 38, 60),
    form(
        "a Sentry token",
        &["sntrys_", "sntryu_"],
        Body::Mixed("_+/="),
        60,
        512,
    ),
    form("a New Relic key", &["NRAK-", "NRII-"], PLAIN, 27, 40),
    form("a Dynatrace token", &["dt0c01."], Body::Mixed("."), 80, 100),
    form(
        "a Tailscale key",
        &["tskey-auth-", "tskey-api-", "tskey-client-"],
        Body::Mixed("-"),
        20,
        80,
    ),
    form("a Contentful token", &["CFPAT-"], WORDY, 43, 43),
    form("an EasyPost key", &["EZAK", "EZTK"], PLAIN, 54, 54),
    form(
        "a Shippo token",
        &["shippo_live_", "shippo_test_"],
        Body::Hex,
        40,
        40,
    ),
    form("a Facebook token", &["EAACEdEose0cBA"], PLAIN, 20, 255),
    form("a Prefect key", &["pnu_", "pnb_"], PLAIN, 36, 36),
    form("a Buildkite token", &["bkua_"], Body::Hex, 40, 40),
    form("a ReadMe key", &["rdme_"], PLAIN, 70, 70),
    form("an Artifactory key", &["AKCp"], PLAIN, 64, 80),
    form("a JSON web token", &["eyJ"], DOTTED, 40, 4096),
];
