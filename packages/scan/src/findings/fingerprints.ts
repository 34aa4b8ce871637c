import { hash } from 'node:crypto'

interface Located {
  readonly type: string
  readonly parent?: Located | null
  readonly start: number
  readonly end: number
}

/** What a fingerprint is made from; two findings with the same identity in one file are told apart by their order. */
export interface FindingIdentity {
  readonly rule: string
  readonly path: string
  readonly node: unknown
}

const IDENTITY_CHARACTERS = 240

/**
 * Fingerprints of the findings of one file: rule, path, name of the function around, the code without its white space,
 * and the how-manieth of the same it is. Lines do not count, so code may move.
 */
export function fingerprintsOf(findings: readonly FindingIdentity[], text: string): string[] {
  const seen = new Map<string, number>()
  return findings.map(({ rule, path, node }) => {
    const located = node as Located
    const code = text.slice(located.start, located.end).replace(/\s+/g, '').slice(0, IDENTITY_CHARACTERS)
    const identity = [rule, path, symbolAround(located, text), code].join('\n')
    const ordinal = seen.get(identity) ?? 0
    seen.set(identity, ordinal + 1)
    return hash('sha256', `${identity}\n${ordinal}`).slice(0, 20)
  })
}

/** The names of the functions and classes around a node, outermost first. */
function symbolAround(node: Located, text: string): string {
  const names: string[] = []
  for (let current = node.parent; current; current = current.parent) {
    const { id, key } = current as { id?: Located | null; key?: Located | null }
    const name = id ?? key
    const isNamed = /Function|Class|MethodDefinition|VariableDeclarator|^Property/.test(current.type)
    if (isNamed && name) names.unshift(text.slice(name.start, name.end))
  }
  return names.join('.')
}
