import type { Node } from '../syntax/nodes.ts'
import { DECLARES } from './scopes.ts'

/** The types of which a file keeps a list; what no detector asks for is not collected. */
const LISTED = [
  'AssignmentExpression',
  'CallExpression',
  'CatchClause',
  'ContinueStatement',
  'DoWhileStatement',
  'ExpressionStatement',
  'IfStatement',
  'ImportDeclaration',
  'ImportExpression',
  'JSXElement',
  'JSXFragment',
  'MemberExpression',
  'NewExpression',
  'Property',
  'ReturnStatement',
  'SwitchCase',
  'ThrowStatement',
  'VariableDeclarator',
  'WhileStatement',
] as const satisfies readonly Node['type'][]

export type ListedType = (typeof LISTED)[number]

/** What is kept of the nodes of a type. */
interface Place {
  readonly list: number | undefined
  readonly declares: boolean
  readonly isIdentifier: boolean
}

const FUNCTIONS = LISTED.length
const CLASSES = FUNCTIONS + 1
const LISTS = CLASSES + 1
const FUNCTION_TYPES = ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']
const CLASS_TYPES = ['ClassDeclaration', 'ClassExpression']

const listOf = new Map<string, number>([
  ...LISTED.map((type, list) => [type, list] as const),
  ...FUNCTION_TYPES.map((type) => [type, FUNCTIONS] as const),
  ...CLASS_TYPES.map((type) => [type, CLASSES] as const),
])

/** By type; a type that is not here is passed over. */
export const PLACES: ReadonlyMap<string, Place> = new Map(
  [...new Set([...listOf.keys(), ...DECLARES, 'Identifier', 'JSXIdentifier'])].map((type) => [
    type,
    {
      list: listOf.get(type),
      declares: DECLARES.has(type),
      isIdentifier: type === 'Identifier' || type === 'JSXIdentifier',
    },
  ]),
)

/** The nodes of a file by what is asked of them. */
export class NodeLists {
  readonly #lists: Node[][] = Array.from({ length: LISTS }, () => [])

  add(list: number, node: Node): void {
    this.#lists[list]?.push(node)
  }

  of(type: ListedType): Node[] {
    return this.#lists[listOf.get(type) ?? LISTS] ?? []
  }

  get functions(): Node[] {
    return this.#lists[FUNCTIONS] ?? []
  }

  get classes(): Node[] {
    return this.#lists[CLASSES] ?? []
  }
}
