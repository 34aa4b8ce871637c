export interface SecretNames {
  /** Names that hold a secret although they do not sound like it. */
  readonly names: readonly string[]
  /** Names that hold none although they sound like it. */
  readonly allow: readonly string[]
}

const SECRETS = new Set([
  'password',
  'passwords',
  'passwd',
  'passphrase',
  'secret',
  'secrets',
  'token',
  'authorization',
  'cookie',
  'cookies',
  'credential',
  'credentials',
  'apikey',
  'apikeys',
  'privatekey',
  'secretkey',
])
const KEY_OWNERS = new Set(['api', 'private', 'secret'])
/** Words after the secret that do not change what it is; any other word does: `tokenCount`, `passwordResetId`. */
const NEUTRAL_ENDINGS = new Set(['value', 'header', 'string', 'str', 'raw', 'plain', 'plaintext', 'encoded'])
const QUESTIONS = new Set([
  'is',
  'has',
  'had',
  'have',
  'should',
  'no',
  'needs',
  'use',
  'uses',
  'using',
  'show',
  'hide',
  'enable',
  'enabled',
  'allow',
  'can',
  'with',
  'without',
  'skip',
  'require',
  'requires',
  'missing',
  'redacted',
  'masked',
  'hashed',
  'encrypted',
  'safe',
  'sanitized',
  'obfuscated',
  'truncated',
])
/** Tokens that open nothing: of parsers, models, pages, cancellations, dependency injection and chains. */
const OTHER_TOKENS = new Set(
  (
    'cancel cancellation abort page next continuation cursor sync resume design injection di type css syntax lexer ' +
    'ast eof comma open close first last current previous prev peek lookahead look start end stop max min num total ' +
    'per input output prompt completion count special mask pad bos eos unk erc20 nft native base quote lp reward ' +
    'operator keyword identifier punctuator string number comment whitespace newline literal'
  ).split(' '),
)

function wordsOf(name: string): string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '')
}

/** Whether a name says that its value opens something: the secret is its last word, as in `accessToken`. */
export function isSecretName(name: string, given: SecretNames): boolean {
  if (given.allow.includes(name)) return false
  if (given.names.includes(name)) return true
  const words = wordsOf(name)
  while (words.length > 1 && NEUTRAL_ENDINGS.has(words.at(-1) ?? '')) words.pop()
  const last = words.at(-1) ?? ''
  if (words.some((word) => QUESTIONS.has(word))) return false
  if (last === 'key' || last === 'keys') return words.some((word) => KEY_OWNERS.has(word))
  if (!SECRETS.has(last)) return false
  return last !== 'token' || !words.some((word) => OTHER_TOKENS.has(word))
}
