import { configValue } from '../clients/config-values.ts'
import type { FileAnalysis } from '../model/analysis.ts'
import { no, unknown, yes, type Protection } from '../model/project-facts.ts'
import { definitionOf, originOf } from '../model/values.ts'
import {
  memberName,
  unwrap,
  type CallExpression,
  type Expression,
  type NewExpression,
  type Node,
} from '../syntax/nodes.ts'

/** What an SDK does by itself, as its documentation says; read in November 2026. */
interface SdkFacts {
  readonly host: string
  readonly timeoutKey: string | undefined
  readonly timeout: string | undefined
  readonly retryKey: string
  readonly retry: string | undefined
  /** Which calls of its instance send: by the names from the instance to the call. */
  readonly sends: (path: readonly string[]) => boolean
}

const nested = (path: readonly string[]): boolean => path.length >= 2

const SDKS: readonly (readonly [RegExp, SdkFacts])[] = [
  [
    /^openai$/,
    {
      host: 'api.openai.com',
      timeoutKey: 'timeout',
      timeout: '10 min',
      retryKey: 'maxRetries',
      retry: '2 retries',
      sends: nested,
    },
  ],
  [
    /^@anthropic-ai\/sdk$/,
    {
      host: 'api.anthropic.com',
      timeoutKey: 'timeout',
      timeout: '10 min',
      retryKey: 'maxRetries',
      retry: '2 retries',
      sends: nested,
    },
  ],
  [
    /^stripe$/,
    {
      host: 'api.stripe.com',
      timeoutKey: 'timeout',
      timeout: '80 s',
      retryKey: 'maxNetworkRetries',
      retry: '2 retries',
      sends: nested,
    },
  ],
  [
    /^@slack\/web-api$/,
    {
      host: 'slack.com',
      timeoutKey: 'timeout',
      timeout: undefined,
      retryKey: 'retryConfig',
      retry: '10 retries',
      sends: (path) => nested(path) || path[0] === 'apiCall',
    },
  ],
  [
    /^@aws-sdk\/client-/,
    {
      host: 'amazonaws.com',
      timeoutKey: undefined,
      timeout: undefined,
      retryKey: 'maxAttempts',
      retry: '3 attempts',
      sends: (path) => path.length === 1 && path[0] === 'send',
    },
  ],
  [
    /^(octokit|@octokit\/(rest|core))$/,
    {
      host: 'api.github.com',
      timeoutKey: undefined,
      timeout: undefined,
      retryKey: 'retry',
      retry: undefined,
      sends: (path) => path[0] !== 'hook' && (nested(path) || path[0] === 'request' || path[0] === 'graphql'),
    },
  ],
]

const SDK_HINT = new RegExp(`['"](?:${SDKS.map(([module]) => module.source.replace(/^\^|\$$/g, '')).join('|')})`)

/** False for the files that name no SDK; the call map, which knows of HTTP clients alone, does not tell. */
export function mayCallSdk(text: string): boolean {
  return SDK_HINT.test(text)
}

/** A call of an SDK that sends a request, with what the SDK does by itself. */
export interface SdkCall {
  readonly node: CallExpression
  readonly sdk: string
  readonly host: string
  readonly operation: string
  readonly deadline: Protection
  readonly retry: Protection
}

/** The calls through instances of known SDKs that this file makes. */
export function sdkCallsOf(analysis: FileAnalysis): SdkCall[] {
  const made = new Map<Node, readonly [string, SdkFacts]>()
  for (const node of analysis.file.news) {
    const origin = originOf(analysis.file, node.callee)
    const known = origin?.from === 'module' ? SDKS.find(([module]) => module.test(origin.module)) : undefined
    if (known && origin?.from === 'module') made.set(node, [origin.module, known[1]])
  }
  if (made.size === 0) return []
  return analysis.file.calls.flatMap((node) => {
    const path: string[] = []
    let current: Expression = unwrap(node.callee) as Expression
    while (current.type === 'MemberExpression') {
      path.unshift(memberName(current) ?? '?')
      const root = definitionOf(analysis.file, current.object)
      const found = root.type === 'NewExpression' ? made.get(root) : undefined
      if (found && root.type === 'NewExpression')
        return found[1].sends(path) ? [sdkCall(analysis, node, root, path, ...found)] : []
      current = unwrap(current.object) as Expression
    }
    return []
  })
}

function sdkCall(
  analysis: FileAnalysis,
  node: CallExpression,
  made: NewExpression,
  path: readonly string[],
  sdk: string,
  facts: SdkFacts,
): SdkCall {
  const options = made.arguments.find((argument) => argument.type === 'ObjectExpression')
  const given = (key: string | undefined, standard: string | undefined): Protection => {
    const own = key === undefined ? undefined : configValue(analysis.file, options, key)
    if (own?.found === 'unknown') return unknown('options')
    if (own?.found === 'value') {
      const value = definitionOf(analysis.file, own.value)
      return value.type === 'Literal' && (value.value === 0 || value.value === false) ? no : yes(`${sdk} ${key}`)
    }
    return standard === undefined ? no : yes(`${sdk}: ${standard}`)
  }
  return {
    node,
    sdk,
    host: facts.host,
    operation: path.join('.'),
    deadline: given(facts.timeoutKey, facts.timeout),
    retry: given(facts.retryKey, facts.retry),
  }
}
