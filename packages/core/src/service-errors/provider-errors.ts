import { safeRead, safeText } from '../safe-read.ts'
import type { ValidationIssue } from './kinds.ts'

/** What a provider's error body says; every part is what the other side claims, so none of it is trusted. */
export interface ProviderError {
  readonly code?: string | undefined
  readonly message?: string | undefined
  readonly issues?: readonly ValidationIssue[] | undefined
  readonly missingScopes?: readonly string[] | undefined
}

/** Reads one provider's shape; undefined for a body of another shape. */
export type ProviderErrorParser = (body: unknown) => ProviderError | undefined

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const firstText = (body: unknown, ...keys: readonly string[]): string | undefined => {
  for (const key of keys) {
    const value = safeRead(body, key)
    if (typeof value === 'string' && value !== '') return value
    if (typeof value === 'number') return String(value)
  }
  return undefined
}

const MOST_ISSUES = 100
const LONGEST_MESSAGE = 200

const pathOf = (value: unknown): readonly (string | number)[] => {
  if (typeof value === 'string') return value === '' ? [] : value.replace(/^[/#]+/, '').split(/[./]/)
  if (!Array.isArray(value)) return []
  // Standard Schema allows `{ key }` segments.
  return value.map((part: unknown) => {
    const key: unknown = isObject(part) ? safeRead(part, 'key') : part
    return typeof key === 'number' ? key : String(key)
  })
}

const issueOf = (value: unknown): ValidationIssue | undefined => {
  if (typeof value === 'string') return { path: [], message: value.slice(0, LONGEST_MESSAGE) }
  const message = firstText(value, 'message', 'detail', 'error', 'title', 'description')
  if (message === undefined) return undefined
  const where = ['path', 'pointer', 'loc', 'field', 'param', 'name'].map((key) => safeRead(value, key))
  const path = where.find((part) => typeof part === 'string' || Array.isArray(part))
  return { path: pathOf(path), message: message.slice(0, LONGEST_MESSAGE), code: firstText(value, 'code', 'type') }
}

/** Issues out of a list as Standard Schema, JSON:API, FastAPI and many others write them; 100 at most. */
export const readIssues = (list: unknown): readonly ValidationIssue[] | undefined => {
  if (!Array.isArray(list) || list.length === 0) return undefined
  const issues = list.slice(0, MOST_ISSUES).flatMap((value) => issueOf(value) ?? [])
  return issues.length > 0 ? issues : undefined
}

/** `{ type, title, detail, errors }` of RFC 9457, whose type ends in the name of the problem. */
const problemJson: ProviderErrorParser = (body) => {
  const type = safeText(body, 'type')
  const title = safeText(body, 'title')
  if (title === '' || (type === '' && typeof safeRead(body, 'status') !== 'number')) return undefined
  return {
    code: firstText(body, 'code') ?? /[\w-]+$/.exec(type)?.[0],
    message: firstText(body, 'detail') ?? title,
    issues: readIssues(safeRead(body, 'errors')),
  }
}

/** `{ error, error_description }` of RFC 6749 section 5.2. */
const oauthPair: ProviderErrorParser = (body) => {
  const error = safeText(body, 'error')
  const description = safeText(body, 'error_description')
  if (error === '' || (description === '' && !/^[a-z]+(_[a-z]+)+$/.test(error))) return undefined
  const scope = safeText(body, 'scope')
  return {
    code: error,
    message: description === '' ? undefined : description,
    missingScopes: error === 'insufficient_scope' && scope !== '' ? scope.split(/[\s,]+/) : undefined,
  }
}

/** `{ error: { code, message } }`, `{ error: 'words' }`, `{ code, message, errors }` and their kin. */
const jsonObject: ProviderErrorParser = (body) => {
  if (!isObject(body) || Array.isArray(body)) return undefined
  const inner = safeRead(body, 'error')
  const subject = isObject(inner) && !Array.isArray(inner) ? inner : body
  const issues = ['issues', 'errors', 'details', 'detail', 'error'].map((key) => readIssues(safeRead(subject, key)))
  const message = firstText(subject, 'message', 'error', 'error_msg', 'error_description', 'detail', 'reason', 'title')
  const code = firstText(subject, 'code', 'error_code', 'reason', 'type', 'status')
  const found = issues.find((list) => list !== undefined)
  return message === undefined && code === undefined && found === undefined
    ? undefined
    : { code, message, issues: found }
}

const bareArray: ProviderErrorParser = (body) => {
  const issues = readIssues(body)
  return issues === undefined ? undefined : { issues, message: issues[0]?.message, code: issues[0]?.code }
}

/** The title of a page of HTML, as gateways send it. */
const html: ProviderErrorParser = (body) => {
  if (typeof body !== 'string' || !/^\s*<(!doctype|html|head|body)/i.test(body.slice(0, 200))) return undefined
  const title = /<title[^>]{0,200}>([^<]{1,200})/i.exec(body.slice(0, 4_000))?.[1]
  return { message: title?.trim() }
}

const plainText: ProviderErrorParser = (body) =>
  typeof body === 'string' && body.trim() !== '' ? { message: body.trim().slice(0, LONGEST_MESSAGE) } : undefined

const KNOWN: readonly ProviderErrorParser[] = [problemJson, oauthPair, bareArray, jsonObject, html, plainText]

const parsedJson = (body: unknown): unknown => {
  if (typeof body !== 'string' || !/^\s*[[{]/.test(body)) return body
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}

/** Reads an error body: the application's own parsers first, then the shapes that most providers use. */
export const readProviderError = (body: unknown, parsers: readonly ProviderErrorParser[] = []): ProviderError => {
  const data = parsedJson(body)
  for (const parser of [...parsers, ...KNOWN]) {
    let found: ProviderError | undefined
    try {
      found = parser(data)
    } catch {
      // A parser that trips over a body it does not know leaves it to the next one.
      continue
    }
    if (found !== undefined) return found
  }
  return {}
}
