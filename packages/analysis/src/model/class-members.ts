import { keyName, memberName, unwrap, type Class, type Node } from '../syntax/nodes.ts'
import { cachedByNode } from './node-cache.ts'
import { FileCache } from './file-cache.ts'
import type { SourceFile } from './source-file.ts'

/** The members of a class by name; of several with one name the first that fits. */
export interface ClassMembers {
  readonly named: ReadonlyMap<string, Node>
  /** Initializers and methods. */
  readonly values: ReadonlyMap<string, Node>
  /** Fields, and parameters of the constructor that declare one. */
  readonly fields: ReadonlyMap<string, Node>
  /** Those of them that have no initializer. */
  readonly declared: ReadonlyMap<string, Node>
}

function addFirst<Value>(map: Map<string, Value>, name: string | undefined, value: Value): void {
  if (name !== undefined && !map.has(name)) map.set(name, value)
}

function addParameters(declared: Map<string, Node>, parameters: readonly Node[]): void {
  for (const parameter of parameters) {
    if (parameter.type !== 'TSParameterProperty') continue
    const given = parameter.parameter
    const inner = given.type === 'AssignmentPattern' ? given.left : given
    if (inner.type === 'Identifier') addFirst(declared, inner.name, parameter)
  }
}

/** Reads a class once. */
export const membersOf = cachedByNode((_file: SourceFile, owner: Class): ClassMembers => {
  const named = new Map<string, Node>()
  const values = new Map<string, Node>()
  const fields = new Map<string, Node>()
  const declared = new Map<string, Node>()
  for (const member of owner.body.body) {
    if (member.type === 'PropertyDefinition') {
      const name = keyName(member.key, member.computed)
      addFirst(named, name, member)
      addFirst(fields, name, member)
      if (member.value) addFirst(values, name, member.value)
      else addFirst(declared, name, member)
    } else if (member.type === 'MethodDefinition') {
      const name = keyName(member.key, member.computed)
      addFirst(named, name, member)
      if (member.kind === 'method') addFirst(values, name, member.value)
      if (member.kind === 'constructor') {
        addParameters(fields, member.value.params)
        addParameters(declared, member.value.params)
      }
    }
  }
  return { named, values, fields, declared }
})

type Assignment = Node & { type: 'AssignmentExpression' }

const assignments = new FileCache<SourceFile, ReadonlyMap<Class, ReadonlyMap<string, Assignment>>>()

/** The first `this.name = ...` inside a class, without the classes inside of it. */
export function firstAssignment(file: SourceFile, owner: Class, name: string): Assignment | undefined {
  let known = assignments.get(file)
  if (!known) {
    known = assignmentsByClass(file)
    assignments.set(file, known)
  }
  return known.get(owner)?.get(name)
}

function assignmentsByClass(file: SourceFile): ReadonlyMap<Class, ReadonlyMap<string, Assignment>> {
  const found = new Map<Class, Map<string, Assignment>>()
  for (const assignment of file.assignments) {
    const target = unwrap(assignment.left)
    const name = memberName(target)
    if (name === undefined || target.type !== 'MemberExpression' || unwrap(target.object).type !== 'ThisExpression')
      continue
    const owner = enclosingClass(assignment)
    if (!owner) continue
    let own = found.get(owner)
    if (!own) {
      own = new Map()
      found.set(owner, own)
    }
    addFirst(own, name, assignment)
  }
  return found
}

export function enclosingClass(node: Node): Class | undefined {
  let current = node.parent
  while (current) {
    if (current.type === 'ClassDeclaration' || current.type === 'ClassExpression') return current
    current = current.parent
  }
  return undefined
}
