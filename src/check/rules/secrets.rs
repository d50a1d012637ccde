//! Rules of the secrets layer. Sample secrets are placeholders that the test expands.

use crate::check::{Layer, Rule};
use crate::policy::Level;

pub(in crate::check) static RULES: [&Rule; 6] = [
    &SECRET_ASSIGNMENT,
    &SECRET_AWS_KEY_ID,
    &SECRET_AWS_KEY,
    &SECRET_PRIVATE_KEY,
    &SECRET_TOKEN,
    &SECRET_URL,
];

const ENVIRONMENT: &str = "read it at run time from the environment, a file or stdin, and pass it to the run instead of writing it into the script";

pub(in crate::check) static SECRET_ASSIGNMENT: Rule = Rule {
    id: "secret-assignment",
    layer: Layer::Secrets,
    level: Level::Block,
    language: None,
    what: "a password, API key, token or secret written down as a constant",
    why: "a script is logged, recorded and shown to people and models; a credential in it must count as public",
    catches: &[
        "api_key = 'secret{digits3}'",
        "#!python\nPASSWORD: str = \"hunter{digits3}!\"\n",
        "connect(host, password='hunter{digits3}')\n",
        "config = {'user': 'me', \"password\": \"hunter{digits3}\"}\n",
        "self.auth_token = b'{alnum40}'\n",
        "os.environ['API_KEY'] = 'a{digits20}'\n",
        "def login(user, password='hunter{digits3}'):\n    pass\n",
        "client_secret = ('abc{digits3}'\n    'def{digits3}')\n",
        "dbPassword = 'hunter{digits3}'\n",
        "if password == 'hunter{digits3}':\n    pass\n",
        "config = '''\n[db]\npassword = hunter{digits3}\n'''\n",
        "#!bash\nPASSWORD=\"hunter{digits3}!\"\n",
        "#!bash\nexport API_TOKEN={hex40}\n",
        "#!bash\nPGPASSWORD='hunter{digits3}' psql\n",
        "#!bash\nmysql --password=hunter{digits3} db\n",
        "#!bash\ncat > .env <<EOF\nDB_PASSWORD=hunter{digits3}\nEOF\n",
        "#!bash\ncurl -d '{\"password\": \"hunter{digits3}\"}' http://db\n",
        "#!bash\ncurl -H \"Authorization: Bearer {hex40}\" http://db\n",
    ],
    passes: &[
        "password = os.environ['PASSWORD']\n",
        "password = input('password: ')\n",
        "password = ''\n",
        "token_count = 5\n",
        "api_key_env = 'SERVICE_API_KEY'\n",
        "api_key = 'YOUR_API_KEY'\n",
        "api_key = '<your token>'\n",
        "api_key = 'xxxxxxxx'\n",
        "password = 'changeme'\n",
        "secret = '${SECRET}'\n",
        "token = f'{prefix}-{value}'\n",
        "pad_token = '[PAD]'\n",
        "token = '+'\n",
        "page = {'input_token': 'next_token'}\n",
        "password_file = '/run/secrets/password'\n",
        "password = getpass.getpass('Password for the database: ')\n",
        "# password = 'hunter{digits3}'\n",
        "fields = {'password': 'password', 'token': 'token'}\n",
        "parser.add_argument('--password', help='the password of the user')\n",
        "if token == 'NUMBER':\n    pass\n",
        "print('usage: tool --password=PASSWORD')\n",
        "#!bash\nPASSWORD=\"$1\"\nTOKEN=$(cat token)\nSECRET=${SECRET:-}\n",
        "#!bash\nread -r -s -p 'password: ' password\n",
        "#!bash\npassword=\nTOKEN_FILE=/run/token\n",
        "#!bash\nmysql --password=\"$PASSWORD\" db\n",
        "#!bash\ncurl -H \"Authorization: Bearer $TOKEN\" http://db\n",
    ],
    instead: ENVIRONMENT,
};

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
    ],
    passes: &[
        "aws_bucket_commit = '{hex40}'\n",
        "aws_secret_access_key = os.environ['KEY']\n",
    ],
    instead: ENVIRONMENT,
};

pub(in crate::check) static SECRET_PRIVATE_KEY: Rule = Rule {
    id: "secret-private-key",
    layer: Layer::Secrets,
    level: Level::Block,
    language: None,
    what: "the beginning of a private key block",
    why: "a private key in a script must count as public, and it cannot be changed everywhere at once",
    catches: &[
        "key = '''{dashes}BEGIN RSA PRIVATE KEY{dashes}\nMIIE\n'''\n",
        "#!bash\ncat > k <<EOF\n{dashes}BEGIN OPENSSH PRIVATE KEY{dashes}\nEOF\n",
        "k = '{dashes}BEGIN PRIVATE KEY{dashes}'\n",
        "k = '{dashes}BEGIN PGP PRIVATE KEY BLOCK{dashes}'\n",
    ],
    passes: &[
        "k = '{dashes}BEGIN PUBLIC KEY{dashes}'\n",
        "k = '{dashes}BEGIN CERTIFICATE{dashes}'\n",
        "print('a PRIVATE KEY is needed')\n",
    ],
    instead: "pass the key as a file of the run",
};

pub(in crate::check) static SECRET_TOKEN: Rule = Rule {
    id: "secret-token",
    layer: Layer::Secrets,
    level: Level::Block,
    language: None,
    what: "a token in the format of a known service (GitHub, GitLab, Slack, Stripe, OpenAI, Anthropic, Google, npm, PyPI, Hugging Face, SendGrid, JSON web tokens)",
    why: "its form alone says what it opens; scanners that read logs find it at once, and so do thieves",
    catches: &[
        "x = 'ghp_{alnum36}'\n",
        "#!bash\ngit clone https://glpat-{alnum20}@host/x\n",
        "# sk_live_{alnum24}\n",
        "x = 'sk-ant-api03-{alnum40}'\n",
        "x = 'xoxb-{digits20}-{alnum24}'\n",
        "x = 'AIza{alnum35}'\n",
        "x = 'eyJ{alnum20}.eyJ{alnum40}.{alnum20}'\n",
    ],
    passes: &[
        "x = 'ghp_short'\n",
        "x = 'desk-{alnum40}'\n",
        "task = 'sk-learn'\n",
        "x = 'eyJ'\n",
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
    ],
    passes: &[
        "db = f'postgres://{user}:{password}@db/x'\n",
        "db = 'postgres://user:password@db/x'\n",
        "#!bash\ncurl \"https://$USER:$PASS@host/\"\n",
        "u = 'http://host:8080/a@b'\n",
    ],
    instead: ENVIRONMENT,
};
