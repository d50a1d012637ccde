//! Rules of the secrets layer: credentials that their forms give away, or a few words around them.
//! Sample secrets are placeholders that the test expands.

use super::secrets::ENVIRONMENT;
use crate::check::{Layer, Rule};
use crate::policy::Level;

pub(in crate::check) static SECRET_AWS_KEY_ID: Rule = Rule {
    id: "secret-aws-key-id",
    layer: Layer::Secrets,
    level: Level::Block,
    language: None,
    what: "an AWS access key id",
    why: "it names an account's key, and its secret is seldom far away",
    catches: &[
        "key = 'AKIA{upper16}'\n",
        "#!bash\nexport X=ASIA{upper16}\n",
        "# AKIA{upper16}\n",
        "aws = 'AKIA' '{upper16}'\n",
        "aws = f(('AK' + x) + 'AKIA' + '{upper16}')\n",
        "#!bash\nX='AKIA'\"{upper16}\"\n",
    ],
    passes: &[
        "x = 'AKIA'\n",
        "y = 'MAKIA{upper16}'\n",
        "z = 'AKIA{upper16}AA'\n",
    ],
    instead: ENVIRONMENT,
};

pub(in crate::check) static SECRET_AWS_KEY: Rule = Rule {
    id: "secret-aws-key",
    layer: Layer::Secrets,
    level: Level::Block,
    language: None,
    what: "an AWS secret access key",
    why: "whoever reads it acts as the account until somebody revokes it",
    catches: &[
        "aws_secret_access_key = '{base64_40}'\n",
        "#!bash\ncat > credentials <<EOF\n[default]\naws_secret_access_key = {base64_40}\nEOF\n",
        "#!bash\naws configure set aws_secret_access_key {base64_40}\n",
        "client('s3', aws_secret_access_key='{base64_40}')\n",
        "os.environ['AWS_SECRET_ACCESS_KEY'] = '{base64_40}'\n",
        "#!bash\nexport AWS_SECRET_ACCESS_KEY={base64_40}\n",
    ],
    passes: &[
        "aws_bucket_commit = '{hex40}'\n",
        "aws_secret_access_key = os.environ['KEY']\n",
        "secret_digest = '{base64_40}{base64_40}'\n",
    ],
    instead: ENVIRONMENT,
};

pub(in crate::check) static SECRET_PRIVATE_KEY: Rule = Rule {
    id: "secret-private-key",
    layer: Layer::Secrets,
    level: Level::Block,
    language: None,
    what: "a private key block: a header with a key behind it, or kept as a value; not one that is looked for",
    why: "a private key in a script must count as public, and it cannot be changed everywhere at once",
    catches: &[
        "key = '''{dashes}BEGIN RSA PRIVATE KEY{dashes}\nMIIE\n'''\n",
        "#!bash\ncat > k <<EOF\n{dashes}BEGIN OPENSSH PRIVATE KEY{dashes}\nEOF\n",
        "k = '{dashes}BEGIN PRIVATE KEY{dashes}'\n",
        "k = '{dashes}BEGIN PGP PRIVATE KEY BLOCK{dashes}'\n",
        "k = ['{dashes}BEGIN EC PRIVATE KEY{dashes}\\nMHcCAQEEIB']\n",
        "account = {'private_key': '{dashes}BEGIN PRIVATE KEY{dashes}\\nMIIEvQ'}\n",
    ],
    passes: &[
        "k = '{dashes}BEGIN PUBLIC KEY{dashes}'\n",
        "k = '{dashes}BEGIN CERTIFICATE{dashes}'\n",
        "print('a PRIVATE KEY is needed')\n",
        "if '{dashes}BEGIN PRIVATE KEY{dashes}' in text:\n    pass\n",
        "x = text.startswith('{dashes}BEGIN RSA PRIVATE KEY{dashes}')\n",
        "#!bash\ngrep -q '{dashes}BEGIN OPENSSH PRIVATE KEY{dashes}' file\n",
    ],
    instead: "pass the key as a file of the run",
};

pub(in crate::check) static SECRET_TOKEN: Rule = Rule {
    id: "secret-token",
    layer: Layer::Secrets,
    level: Level::Block,
    language: None,
    what: "a token in the form of a known service: some seventy, among them GitHub, GitLab, Slack, Stripe, OpenAI, Anthropic, Google, npm, PyPI, Hugging Face, SendGrid, Telegram, Discord, Vault, and JSON web tokens",
    why: "its form alone says what it opens; scanners that read logs find it at once, and so do thieves",
    catches: &[
        "x = 'ghp_{alnum36}'\n",
        "x = 'ghp_' + '{alnum36}'\n",
        "x = ''.join(['gh', 'p_', '{alnum36}'])\n",
        "x = f\"{'ghp_'}{alnum36}\"\n",
        "x = 'ghp_%s' % '{alnum36}'\n",
        "x = '{}{}'.format('ghp_', '{alnum36}')\n",
        "x = (\n    b'ghp_'\n    b'{alnum36}'\n)\n",
        "#!bash\ngit clone \"https://ghp_\"'{alnum36}@host/x'\n",
        "#!bash\ngit clone https://glpat-{alnum20}@host/x\n",
        "# sk_live_{alnum24}\n",
        "x = 'sk-ant-api03-{alnum40}'\n",
        "x = 'xoxb-{digits20}-{alnum24}'\n",
        "x = 'AIza{alnum35}'\n",
        "x = 'eyJ{alnum20}.eyJ{alnum40}.{alnum20}'\n",
        "x = 'github_pat_{alnum40}'\n",
        "x = 'npm_{alnum36}'\n",
        "x = 'pypi-{alnum40}{alnum40}'\n",
        "x = 'hf_{alnum35}'\n",
        "x = 'SG.{alnum20}.{alnum40}'\n",
        "x = 'key-{hex32}'\n",
        "x = 'SK{hex32}'\n",
        "x = 'dapi{hex32}'\n",
        "x = 'hvs.{alnum40}'\n",
        "x = '{digits9}:AA{alnum33}'\n",
        "bot = 'M{alnum24}.{alnum6}.{alnum36}'\n",
        "print('\\nghp_{alnum36}')\n",
    ],
    passes: &[
        "x = 'ghp_short'\n",
        "x = 'ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'\n",
        "x = f'ghp_{token}'\n",
        "x = 'SK{alnum24}'\n",
        "x = 'npm_config_registry_url_for_the_packages'\n",
        "x = '12:34:56:AA:BB'\n",
        "x = 'desk-{alnum40}'\n",
        "task = 'sk-learn'\n",
        "x = 'eyJ'\n",
    ],
    instead: ENVIRONMENT,
};

pub(in crate::check) static SECRET_AZURE_KEY: Rule = Rule {
    id: "secret-azure-key",
    layer: Layer::Secrets,
    level: Level::Block,
    language: None,
    what: "a key of Azure: in a connection string, in a shared access URL, of a client",
    why: "it opens the whole account or everything the signature was made for, until somebody turns it over",
    catches: &[
        "x = 'DefaultEndpointsProtocol=https;AccountName=me;AccountKey={base64_40}{base64_40}=='\n",
        "x = 'Endpoint=sb://h/;SharedAccessKeyName=all;SharedAccessKey={base64_40}{digits3}='\n",
        "#!bash\ncurl 'https://me.blob.core.windows.net/c?sv=2022-11-02&sig={alnum40}{digits3}%3D'\n",
        "x = '{digits3}8Q~{alnum32}'\n",
    ],
    passes: &[
        "x = f'AccountName={name};AccountKey={key}'\n",
        "x = 'AccountKey=<key>;EndpointSuffix=core.windows.net'\n",
        "x = 'https://host/?sv=1&sig=short'\n",
    ],
    instead: ENVIRONMENT,
};

pub(in crate::check) static SECRET_WEBHOOK: Rule = Rule {
    id: "secret-webhook",
    layer: Layer::Secrets,
    level: Level::Block,
    language: None,
    what: "the URL of a webhook of Slack, Discord or Teams",
    why: "the URL is all it takes to write into the channel",
    catches: &[
        "x = 'https://hooks.slack.com/services/T{upper9}/B{upper9}/{alnum24}'\n",
        "#!bash\ncurl -d x https://discord.com/api/webhooks/{digits18}/{alnum40}{alnum24}\n",
    ],
    passes: &[
        "x = 'https://hooks.slack.com/services/'\n",
        "x = 'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX'\n",
        "x = f'https://discord.com/api/webhooks/{id}/{token}'\n",
    ],
    instead: ENVIRONMENT,
};

pub(in crate::check) static SECRET_URL: Rule = Rule {
    id: "secret-url",
    layer: Layer::Secrets,
    level: Level::Block,
    language: None,
    what: "a password inside a URL",
    why: "URLs end up in logs, process lists and error messages, and their passwords with them",
    catches: &[
        "db = 'postgres://admin:hunter{digits3}@db/x'\n",
        "#!bash\ncurl https://me:hunter{digits3}@host/\n",
        "broker = 'redis://:hunter@host/0'\n",
        "db = 'mysql+pymysql://root:hunter@db/x'\n",
        "#!bash\ngit clone https://{alnum40}@host/x\n",
        "db = 'mongodb+srv://me:p%40{digits3}@host'\n",
    ],
    passes: &[
        "db = f'postgres://{user}:{password}@db/x'\n",
        "db = 'postgres://user:password@db/x'\n",
        "#!bash\ncurl \"https://$USER:$PASS@host/\"\n",
        "u = 'http://host:8080/a@b'\n",
        "u = 'ssh://git@host:22/x'\n",
        "u = 'svn+http://somebody-with-a-long-name@host/x'\n",
        "u = 'postgres://user:pass@db/x'\n",
        "u = 'postgres://<user>:<password>@db/x'\n",
        "u = 'http://%s:%s@host'\n",
    ],
    instead: ENVIRONMENT,
};
