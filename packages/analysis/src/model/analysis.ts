import type { ClientValue, CodeContext } from '../clients/client-value.ts'
import { clientValueOf, mayHoldClients } from '../clients/client-values.ts'
import { instanceUrlClass, readHttpCall, type HttpCall } from '../clients/http-calls.ts'
import type { VisitorKeys } from '../syntax/child-nodes.ts'
import type { CallExpression, NewExpression, Node, Program, SourceComment } from '../syntax/nodes.ts'
import { fileKindOf, type FileKind } from './environment.ts'
import { groupedBy } from './grouped.ts'
import { lazy } from './lazy.ts'
import type { ProjectFacts } from './project-facts.ts'
import { buildSourceFile, type EachNode, type SourceFile } from './source-file.ts'

/** One file ready for detectors. `httpCalls` is computed once and shared by all of them. */
export interface FileAnalysis extends CodeContext {
  readonly path: string
  readonly kind: FileKind
  readonly httpCalls: readonly HttpCall[]
  httpCallAt(node: Node): HttpCall | undefined
  /** The calls through the instance that this call creates. */
  httpCallsOf(creation: Node): readonly HttpCall[]
  /** The calls, then the `new` expressions, that create an instance of a client. */
  readonly creations: readonly Creation[]
  /** The instance that this very call creates. */
  createdAt(node: Node): ClientValue | undefined
  /** The base URL of the instance stays on this machine or on the page's own origin, or is unknown in a browser. */
  instanceIsLocal(value: ClientValue): boolean
}

/** A call or `new` expression with the instance of a client that it creates. */
export interface Creation {
  readonly node: CallExpression | NewExpression
  readonly value: ClientValue
}

/** What a detector found. `messageId` and `data` name the message; the engine that runs it does the wording. */
export interface Finding {
  readonly node: Node
  readonly messageId: string
  readonly data?: Readonly<Record<string, string>>
  readonly suggestions?: readonly Suggestion[]
}

export interface Suggestion {
  readonly messageId: string
  readonly data?: Readonly<Record<string, string>>
  /** Replaces the text between two offsets. */
  readonly edits: readonly { readonly range: readonly [number, number]; readonly text: string }[]
}

/** Analyses a parsed file; `path` is relative to the project and uses forward slashes. */
export function analyseFile(
  program: Program,
  comments: readonly SourceComment[],
  text: string,
  path: string,
  facts: ProjectFacts,
  visitorKeys?: VisitorKeys,
  eachNode?: EachNode,
): FileAnalysis {
  return analyseModel(buildSourceFile(program, comments, text, visitorKeys, eachNode), path, facts)
}

/** Analyses a file whose model is there already, such as one that the call map was made from. */
export function analyseModel(file: SourceFile, path: string, facts: ProjectFacts): FileAnalysis {
  const context = { file, facts, caches: new Map() }
  let httpCalls: HttpCall[] | undefined
  let byNode: Map<Node, HttpCall> | undefined
  let byCreation: Map<Node | undefined, HttpCall[]> | undefined
  const all = (): HttpCall[] =>
    (httpCalls ??= (mayHoldClients(context) ? file.calls : []).flatMap((call) => readHttpCall(context, call) ?? []))
  const creations = lazy(() => {
    const found: Creation[] = []
    const add = (node: Creation['node']): void => {
      const value = clientValueOf(context, node)
      if (value && value.creation === node) found.push({ node, value })
    }
    if (mayHoldClients(context)) for (const nodes of [file.calls, file.news]) nodes.forEach(add)
    return found
  })
  const kind = fileKindOf(file, facts, path)
  return {
    ...context,
    path,
    kind,
    createdAt(node) {
      const value = clientValueOf(context, node)
      return value?.creation === node ? value : undefined
    },
    instanceIsLocal(value) {
      const base = instanceUrlClass(context, value)
      if (base === 'loopback' || base === 'local-data' || base === 'same-origin') return true
      return kind.environment === 'browser' && base !== 'external'
    },
    get httpCalls() {
      return all()
    },
    get creations() {
      return creations()
    },
    httpCallAt(node) {
      byNode ??= new Map(all().map((call) => [call.node, call]))
      return byNode.get(node)
    },
    httpCallsOf(creation) {
      byCreation ??= groupedBy(all(), (call) => call.value.creation)
      return byCreation.get(creation) ?? []
    },
  }
}
