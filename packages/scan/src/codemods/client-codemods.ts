/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- the guards of ts-morph take its own nodes, typed by kind */
import type { InstanceFacts } from '@holdfast/analysis/coverage-facts'
import { Node, type SourceFile } from 'ts-morph'
import type { Codemod, CodemodInput, CodemodResult, Todo } from './codemod.ts'
import { moduleBeside, serviceName } from './policy-module.ts'
import { importNames, nodeAt, openSource, statementText, usesRequire } from './source-edits.ts'

/** Edits files one by one; each edit may add a policy module beside the file. */
function editFiles(
  input: CodemodInput,
  placesOf: (file: CodemodInput['files'][number]) => readonly {
    readonly start: number
    readonly end: number
    readonly name: string
    readonly host?: string
    readonly line: number
  }[],
  edit: (source: SourceFile, node: Node, policy: () => string) => string | undefined,
  module: (service: string) => { readonly name: string; readonly exported: string; readonly lines: readonly string[] },
  plugin?: { readonly module: string; readonly name: string },
): CodemodResult {
  const texts = new Map<string, string>()
  const todos: Todo[] = []
  for (const scanned of input.files) {
    const places = [...placesOf(scanned)].sort((first, second) => second.start - first.start)
    if (places.length === 0) continue
    const file = scanned.path
    const source = openSource(file, input.textOf(file))
    if (usesRequire(source)) {
      for (const { line } of places) todos.push({ file, line, text: 'uses require(): change it by hand' })
      continue
    }
    const imports = new Map<string, string>()
    for (const place of places) {
      const node = nodeAt(source, place.start, place.end)
      const service = serviceName(place.host, place.name)
      const policy = (): string => {
        const { name, exported, lines } = module(service)
        const made = moduleBeside(input, source, file, name, lines)
        if (!input.exists(made.file)) texts.set(made.file, made.text)
        imports.set(made.specifier, exported)
        return exported
      }
      const problem = node ? edit(source, node, policy) : 'not found in the syntax tree'
      if (problem !== undefined) todos.push({ file, line: place.line, text: problem })
    }
    // Imports come last: they move everything below them.
    if (imports.size > 0 && plugin) importNames(source, plugin.module, [plugin.name])
    for (const [specifier, exported] of imports) importNames(source, specifier, [exported])
    if (source.getFullText() !== input.textOf(file)) texts.set(file, source.getFullText())
  }
  return { texts, todos }
}

function policyModule(service: string): { name: string; exported: string; lines: string[] } {
  return {
    name: `${service}Policy`,
    exported: `${service}Policy`,
    lines: [
      "import { standardPolicy } from '@holdfast/core'",
      '',
      `export const ${service}Policy = standardPolicy({ name: '${service}' })`,
    ],
  }
}

function unprotected(
  input: CodemodInput,
  file: CodemodInput['files'][number],
  client: string,
): (InstanceFacts & { readonly line: number })[] {
  const text = input.textOf(file.path)
  return file.instances
    .filter((instance) => instance.client === client && instance.protections.breaker.state === 'no')
    .filter(({ host }) => input.host === undefined || host === input.host)
    .map((instance) => ({ ...instance, line: text.slice(0, instance.start).split('\n').length }))
}

export const attachCodemod: Codemod = {
  name: 'attach',
  description: 'Put a policy under axios instances: `attach(instance, policy)`',
  run: (input) =>
    editFiles(
      input,
      (file) => unprotected(input, file, 'axios'),
      (source, node, policy) => {
        const declaration = node.getParent()
        if (!declaration || !Node.isVariableDeclaration(declaration) || !Node.isIdentifier(declaration.getNameNode()))
          return 'the instance is no constant of its own; attach a policy where it is made'
        const statement = declaration.getVariableStatement()
        const owner = statement?.getParent()
        if (!statement || !owner || !(Node.isSourceFile(owner) || Node.isBlock(owner) || Node.isModuleBlock(owner)))
          return 'the instance is made inside another statement; attach a policy there'
        owner.insertStatements(
          statement.getChildIndex() + 1,
          statementText(source, `attach(${declaration.getName()}, ${policy()})`),
        )
        return undefined
      },
      policyModule,
      { module: '@holdfast/axios-interceptor', name: 'attach' },
    ),
}

function isChild(source: SourceFile, creation: Node): boolean {
  const callee = Node.isCallExpression(creation) ? creation.getExpression() : undefined
  const parent = Node.isPropertyAccessExpression(callee) ? callee.getExpression() : undefined
  return Node.isIdentifier(parent) && source.getVariableDeclaration(parent.getText()) !== undefined
}

export const kyHooksCodemod: Codemod = {
  name: 'ky-hooks',
  description: 'Put a policy under ky instances: `.extend(kyHooks(policy))`',
  run: (input) =>
    editFiles(
      input,
      (file) => unprotected(input, file, 'ky'),
      (source, node, policy) => {
        const member = node.getParent()
        // What extends this instance is listed itself; what is made from another instance has the policy of that one.
        if (Node.isPropertyAccessExpression(member) && member.getName() === 'extend') return undefined
        if (isChild(source, node)) return undefined
        node.replaceWithText(`${node.getText()}.extend(kyHooks(${policy()}))`)
        return undefined
      },
      policyModule,
      { module: '@holdfast/ky-hooks', name: 'kyHooks' },
    ),
}

export const wrapFetchCodemod: Codemod = {
  name: 'wrap-fetch',
  description: 'Send raw `fetch` calls of a host through a wrapped fetch (--host limits it to one)',
  run: (input) =>
    editFiles(
      input,
      ({ calls }) =>
        calls.flatMap((call) => {
          const isRaw = call.client === 'fetch' && call.host !== undefined && call.protections.breaker.state === 'no'
          return isRaw && (input.host === undefined || call.host === input.host) ? [{ ...call, name: '' }] : []
        }),
      (_source, node, policy) => {
        const callee = Node.isCallExpression(node) ? node.getExpression() : undefined
        if (!callee || !/^(globalThis\.)?fetch$/.test(callee.getText()))
          return 'the call goes through a function of its own; wrap that'
        callee.replaceWithText(policy())
        return undefined
      },
      (service) => ({
        name: `${service}Fetch`,
        exported: `${service}Fetch`,
        lines: [
          "import { standardPolicy, wrapFetch } from '@holdfast/core'",
          '',
          `export const ${service}Fetch = wrapFetch(standardPolicy({ name: '${service}' }))`,
        ],
      }),
    ),
}
