import { REDACTED, redactUrl } from './redact-url.ts'

const LONGEST_TEXT = 2_048

// Every repetition is bounded or over a class the next part excludes, so that no text takes more than linear time.
const URL_IN_TEXT = /\b[a-z][a-z\d+.-]{1,20}:\/\/[^\s"'<>`]+/gi
const SCHEME = /\b(bearer|basic|digest|token|negotiate)[ \t]+[\w.~+/=:-]{6,}/gi
const JWT = /\beyJ[\w-]{5,}(?:\.[\w-]+){1,4}/g
const KNOWN_KEYS =
  /\b(?:(?:sk|pk|rk|whsec)_[A-Za-z\d_]{8,}|gh[opsur]_[A-Za-z\d]{16,}|github_pat_\w{16,}|xox[a-z]-[\w-]{8,}|AKIA[A-Z\d]{12,}|AIza[\w-]{20,}|npm_[A-Za-z\d]{20,})/g
const NAMED =
  /((?:pass(?:word|wd|phrase|code)?|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|authorization|auth|session(?:id)?|cookie|signature|credentials?|client[_-]?secret|otp|pin)["']?[ \t]{0,3}[=:][ \t]{0,3}["']?)([^\s"',;&}]+)/gi

/**
 * A text that may be logged: URLs, credentials after a scheme or a name, JSON web tokens and the keys of well-known
 * providers are replaced. The first 2,048 characters are kept.
 *
 * It finds what looks like a secret and cannot find what does not; bodies and headers therefore never come here.
 */
export const scrubText = (text: string): string => {
  const kept = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text
  return kept
    .replace(URL_IN_TEXT, (url) => redactUrl(url))
    .replace(SCHEME, `$1 ${REDACTED}`)
    .replace(JWT, REDACTED)
    .replace(KNOWN_KEYS, REDACTED)
    .replace(NAMED, `$1${REDACTED}`)
}
