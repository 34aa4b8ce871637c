import type { ClientValue, CodeContext } from '../clients/client-value.ts'
import { clientValueOf, mayHoldClients } from '../clients/client-values.ts'
import { instanceUrlClass, readHttpCall, type HttpCall } from '../clients/http-calls.ts'
import type { VisitorKeys } from '../syntax/child-nodes.ts'
import type { CallExpression, NewExpression, Node, Program, SourceComment } from '../syntax/nodes.ts'
import { fileKindOf, type FileKind } from './environment.ts'
import { groupedBy } from './grouped.ts'
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
  return new ModelAnalysis(file, path, facts)
}

/**
 * A class, not an object literal: V8 keeps the getters of a literal, and with them the whole tree, until the next full
 * garbage collection (decision 20).
 */
class ModelAnalysis implements FileAnalysis {
  readonly file: SourceFile
  readonly facts: ProjectFacts
  readonly caches = new Map<object, unknown>()
  readonly path: string
  readonly kind: FileKind
  #httpCalls: readonly HttpCall[] | undefined
  #creations: readonly Creation[] | undefined
  #byNode: ReadonlyMap<Node, HttpCall> | undefined
  #byCreation: ReadonlyMap<Node | undefined, readonly HttpCall[]> | undefined

  constructor(file: SourceFile, path: string, facts: ProjectFacts) {
    this.file = file
    this.path = path
    this.facts = facts
    this.kind = fileKindOf(file, facts, path)
  }

  get httpCalls(): readonly HttpCall[] {
    return (this.#httpCalls ??= mayHoldClients(this)
      ? this.file.calls.flatMap((call) => readHttpCall(this, call) ?? [])
      : [])
  }

  get creations(): readonly Creation[] {
    return (this.#creations ??= mayHoldClients(this) ? this.#findCreations() : [])
  }

  #findCreations(): Creation[] {
    return [...this.file.calls, ...this.file.news].flatMap((node) => {
      const value = this.createdAt(node)
      return value ? [{ node, value }] : []
    })
  }

  createdAt(node: Node): ClientValue | undefined {
    const value = clientValueOf(this, node)
    return value?.creation === node ? value : undefined
  }

  instanceIsLocal(value: ClientValue): boolean {
    const base = instanceUrlClass(this, value)
    if (base === 'loopback' || base === 'local-data' || base === 'same-origin') return true
    return this.kind.environment === 'browser' && base !== 'external'
  }

  httpCallAt(node: Node): HttpCall | undefined {
    this.#byNode ??= new Map(this.httpCalls.map((call) => [call.node, call]))
    return this.#byNode.get(node)
  }

  httpCallsOf(creation: Node): readonly HttpCall[] {
    this.#byCreation ??= groupedBy(this.httpCalls, (call) => call.value.creation)
    return this.#byCreation.get(creation) ?? []
  }
}
