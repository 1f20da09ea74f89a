/**
 * Secrets that look like secrets, whoever they belong to: one row per kind. Every expression is linear: it begins at the
 * edge of a word only, and no part of it can match the same characters in two ways.
 */

export interface SecretPattern {
  readonly name: string;
  /** What it finds, for people. */
  readonly finds: string;
  /** Whether a rule file must ask for it. */
  readonly isOptIn?: boolean;
  /** One of these, in lower case, is in every text that has a hit: cheap to ask. */
  readonly hints: readonly string[];
  /** With flags `d` and `g`; the first group, where there is one, is what is taken out. */
  readonly pattern: RegExp;
  /** What may become a hit, or a longer one, with the text that follows: ends in `$`. */
  readonly beginning: RegExp;
  /** Most characters of a match: the text is looked at in windows of twice as many, and so many are kept back. */
  readonly windowChars?: number;
}

const SECRET_NAMES =
  '(?:x-)?(?:api[_-]?key|(?:access|refresh|id|auth|session|security)[_-]?token|(?:client|access[_-]?key)[_-]?secret|secret[_-]?(?:access[_-]?)?key|access[_-]?key(?:[_-]?id)?|private[_-]?key|secret|password|passwd|(?:proxy-)?authorization)';
const QUERY_NAMES = `(?:${SECRET_NAMES}|key|token|auth|sig|signature|pwd)`;

export const SECRET_PATTERNS: readonly SecretPattern[] = [
  {
    name: 'sk-key',
    finds: 'keys that begin with `sk-`, as the service and others hand out',
    hints: ['sk-'],
    pattern: /(?<![A-Za-z0-9])sk-[A-Za-z0-9_-]{16,}/dg,
    beginning: /(?<![A-Za-z0-9])s(?:k(?:-[A-Za-z0-9_-]*)?)?$/,
  },
  {
    name: 'bearer',
    finds: 'what follows `Bearer`, when it has 12 characters or more and a digit among the first 64',
    hints: ['bearer'],
    pattern: /\bbearer[ +]{1,4}(?=[A-Za-z._~+/-]{0,64}[0-9])([A-Za-z0-9._~+/-]{12,}=*)/dgi,
    beginning: /\bb(?:e(?:a(?:r(?:e(?:r(?:[ +]{1,4}[A-Za-z0-9._~+/=-]*)?)?)?)?)?)?$/i,
  },
  {
    name: 'jwt',
    finds: 'JSON Web Tokens: three parts with dots between them, the first of which begins with `eyJ`',
    hints: ['eyj'],
    pattern: /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}/dg,
    beginning: /(?<![A-Za-z0-9_-])e(?:y(?:J[A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]*){0,2})?)?$/,
  },
  {
    name: 'aws-key-id',
    finds: 'access key ids of AWS: `AKIA` or `ASIA` and 16 more',
    hints: ['akia', 'asia'],
    pattern: /(?<![A-Za-z0-9])A[KS]IA[A-Z0-9]{16}(?![A-Za-z0-9])/dg,
    beginning: /(?<![A-Za-z0-9])A(?:[KS](?:I(?:A[A-Z0-9]{0,16})?)?)?$/,
  },
  {
    name: 'aliyun-key-id',
    finds: 'access key ids of Alibaba Cloud: `LTAI` and 12 to 26 more',
    hints: ['ltai'],
    pattern: /(?<![A-Za-z0-9])LTAI[A-Za-z0-9]{12,26}(?![A-Za-z0-9])/dg,
    beginning: /(?<![A-Za-z0-9])L(?:T(?:A(?:I[A-Za-z0-9]{0,26})?)?)?$/,
  },
  {
    name: 'google-key',
    finds: 'API keys of Google: `AIza` and 35 more',
    hints: ['aiza'],
    pattern: /(?<![A-Za-z0-9_-])AIza[A-Za-z0-9_-]{35}(?![A-Za-z0-9_-])/dg,
    beginning: /(?<![A-Za-z0-9_-])A(?:I(?:z(?:a[A-Za-z0-9_-]{0,35})?)?)?$/,
  },
  {
    name: 'github-token',
    finds: 'tokens of GitHub: `ghp_`, `gho_`, `ghu_`, `ghs_`, `ghr_`, `github_pat_` and 20 or more',
    hints: ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_'],
    pattern: /(?<![A-Za-z0-9_])(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})/dg,
    beginning:
      /(?<![A-Za-z0-9_])g(?:h(?:[pousr](?:_[A-Za-z0-9]*)?)?|i(?:t(?:h(?:u(?:b(?:_[A-Za-z0-9_]*)?)?)?)?)?)?$/,
  },
  {
    name: 'slack-token',
    finds: 'tokens of Slack: `xoxa-`, `xoxb-`, `xoxe-`, `xoxp-`, `xoxr-`, `xoxs-` and 10 or more',
    hints: ['xox'],
    pattern: /(?<![A-Za-z0-9-])xox[abeprs]-[A-Za-z0-9-]{10,}/dg,
    beginning: /(?<![A-Za-z0-9-])x(?:o(?:x(?:[abeprs](?:-[A-Za-z0-9-]*)?)?)?)?$/,
  },
  {
    name: 'private-key',
    finds: 'private keys in PEM, up to 16,384 characters of them',
    hints: ['private key-----'],
    pattern:
      /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[^-]|-(?!----)){0,16384}(?:-----END [A-Z ]{0,40}PRIVATE KEY-----)?/dg,
    beginning:
      /(?:(?<!-)-{1,4}|-----[A-Z ]{0,60}-{0,5}|-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----(?:[^-]|-(?!----)){0,16384}(?:-----[A-Z ]{0,50}-{0,4}|-{1,4})?)$/,
  },
  {
    name: 'secret-member',
    finds:
      'string values of 4 characters or more of JSON members such as `api_key`, `access_token`, `password`',
    hints: ['key', 'token', 'secret', 'passw', 'authorization'],
    pattern: new RegExp(`"${SECRET_NAMES}"\\s{0,16}:\\s{0,16}"((?:[^"\\\\]|\\\\[^]){4,8192})`, 'dgi'),
    beginning: new RegExp(
      `"(?:[a-z_-]{0,24}|${SECRET_NAMES}"\\s{0,16}(?::\\s{0,16}(?:"(?:[^"\\\\]|\\\\[^]){0,8192}\\\\?)?)?)$`,
      'i',
    ),
  },
  {
    name: 'secret-parameter',
    finds: 'values of 4 characters or more of URL parameters such as `api_key`, `token`, `signature`',
    hints: ['='],
    pattern: new RegExp(`[?&]${QUERY_NAMES}=([^&\\s"'#<>\\\\]{4,4096})`, 'dgi'),
    beginning: new RegExp(`[?&](?:[a-z_-]{0,24}|${QUERY_NAMES}=[^&\\s"'#<>\\\\]{0,4096})$`, 'i'),
  },
  {
    name: 'url-user',
    finds: 'user and password in a URL',
    hints: ['://'],
    pattern: /(?<![A-Za-z0-9+.-])[a-z][a-z0-9+.-]{1,15}:\/\/([^\s/@:"'\\]{0,128}:[^\s/@"'\\]{1,256})@/dgi,
    beginning: /(?<![A-Za-z0-9+.-])[a-z][a-z0-9+.-]{1,15}:(?:\/(?:\/[^\s/@"'\\]{0,385})?)?$/i,
  },
  {
    name: 'email',
    finds: 'email addresses',
    isOptIn: true,
    hints: ['@'],
    pattern:
      /(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,7}\.[A-Za-z]{2,24}/dg,
    beginning: /(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}(?:@[A-Za-z0-9.-]{0,255})?$/,
  },
  {
    name: 'phone',
    finds: 'telephone numbers: `+` and 8 to 20 digits and separators, or mobile numbers of mainland China',
    isOptIn: true,
    hints: ['+', '1'],
    pattern:
      /(?<![A-Za-z0-9_.+-])(?:\+[1-9][0-9 ()./-]{6,18}[0-9]|1[3-9][0-9](?:[ -]?[0-9]{4}){2})(?![A-Za-z0-9_])/dg,
    beginning: /(?<![A-Za-z0-9_.+-])(?:\+|\+?[1-9][0-9 ()./-]{0,20})$/,
  },
];

/** The names of the patterns, for rule files. */
export const PATTERN_NAMES = SECRET_PATTERNS.map(({ name }) => name) as [string, ...string[]];
