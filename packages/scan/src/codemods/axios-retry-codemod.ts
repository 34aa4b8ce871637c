/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- the guards of ts-morph take its own nodes, typed by kind */
import { Node, type CallExpression, type SourceFile } from 'ts-morph'
import { TODO_MARK, type Codemod, type Todo } from './codemod.ts'
import { serviceName } from './policy-module.ts'
import { importNames, openSource, statementText, usesRequire } from './source-edits.ts'

/** What a policy decides by itself; a person judges whether these options are still needed. */
const DECIDED = new Set([
  'retryCondition',
  'retryDelay',
  'shouldResetTimeout',
  'onRetry',
  'onMaxRetryTimesExceeded',
  'validateResponse',
])

function localName(source: SourceFile): string | undefined {
  const declaration = source.getImportDeclaration('axios-retry')
  const named = declaration?.getNamedImports().find((specifier) => specifier.getName() === 'default')
  return declaration?.getDefaultImport()?.getText() ?? named?.getAliasNode()?.getText()
}

function migrate(source: SourceFile, call: CallExpression, file: string, todos: Todo[]): void {
  const [instance, options] = call.getArguments()
  const statement = call.getParent()
  const line = call.getStartLineNumber()
  if (!instance || !Node.isExpressionStatement(statement)) {
    todos.push({ file, line, text: 'axiosRetry is called with something else than an instance, or its result is used' })
    return
  }
  if (options && !Node.isObjectLiteralExpression(options)) {
    todos.push({ file, line, text: 'the options of axiosRetry are no literal: write the policy by hand' })
    return
  }
  let retries = '3'
  const left: string[] = []
  for (const property of options?.getProperties() ?? []) {
    const name =
      Node.isPropertyAssignment(property) ||
      Node.isShorthandPropertyAssignment(property) ||
      Node.isMethodDeclaration(property)
        ? property.getName()
        : ''
    if (name === 'retries' && Node.isPropertyAssignment(property)) retries = property.getInitializerOrThrow().getText()
    else if (name === 'retries') retries = 'retries'
    else left.push(DECIDED.has(name) ? name : property.getText())
  }
  const service = serviceName(undefined, instance.getText())
  const retry = /^0$/.test(retries) ? 'false' : `{ maxRetries: ${retries} }`
  const todo =
    left.length === 0
      ? ''
      : `// ${TODO_MARK} axios-retry had ${left.join(', ')}; the policy decides that by itself, see its options of retry.\n`
  if (left.length > 0)
    todos.push({ file, line, text: `axios-retry had ${left.join(', ')}: check that the policy does what you need` })
  statement.replaceWithText(
    `${todo}${statementText(source, `attach(${instance.getText()}, standardPolicy({ name: '${service}', retry: ${retry} }))`)}`,
  )
}

export const axiosRetryCodemod: Codemod = {
  name: 'axios-retry',
  description: 'Replace axios-retry by a policy with the same number of retries',
  run: (input) => {
    const texts = new Map<string, string>()
    const todos: Todo[] = []
    for (const { path: file } of input.files) {
      const before = input.textOf(file)
      if (!before.includes('axios-retry')) continue
      const source = openSource(file, before)
      const name = localName(source)
      if (name === undefined) {
        if (usesRequire(source)) todos.push({ file, line: 1, text: 'uses require(): change it by hand' })
        continue
      }
      const calls = source
        .getDescendants()
        .filter((node) => Node.isCallExpression(node))
        .filter((call) => call.getExpression().getText() === name)
      for (const call of calls.reverse()) migrate(source, call, file, todos)
      if (source.getFullText() === before) continue
      const isUsed = source
        .getDescendants()
        .some((node) => Node.isIdentifier(node) && node.getText() === name && !Node.isImportClause(node.getParent()))
      importNames(source, '@holdfast/axios-interceptor', ['attach'])
      importNames(source, '@holdfast/core', ['standardPolicy'])
      const declaration = source.getImportDeclarationOrThrow('axios-retry')
      if (!isUsed && declaration.getNamedImports().length === 0) declaration.remove()
      else {
        const line = declaration.getStartLineNumber()
        todos.push({ file, line, text: 'axios-retry is still imported for something else' })
      }
      texts.set(file, source.getFullText())
    }
    return { texts, todos }
  },
}
