import {
  calleeName,
  dottedName,
  enclosingFunction,
  functionsAround,
  isFunction,
  keyName,
  type Node,
  type Program,
} from '../syntax/nodes.ts'
import type { Environment, ProjectFacts } from './project-facts.ts'
import { endsByItself, isOneOff, isToolConfig } from './scripts.ts'
import { isPacked } from './packed-code.ts'
import type { SourceFile } from './source-file.ts'

// The default globs of vitest, jest, mocha, node:test, playwright and cypress, and what their global set-up is called; a
// route of Next may well be named `test`.
export const TEST_PATH =
  /(^|\/)(__tests__|__mocks__|test|tests|cypress|e2e)\/(?!.*(^|\/)(route|page|layout)\.[jt]sx?$)|[._-](test|spec|e2e|cy)\.[cm]?[jt]sx?$|(^|\/)(test|global-?([sS]etup|[tT]eardown))\.[cm]?[jt]s$/
const TEST_MODULES = new Set([
  'vitest',
  'vitest/node',
  'jest',
  '@jest/globals',
  'node:test',
  '@playwright/test',
  'mocha',
  'chai',
  'supertest',
  'nock',
  'msw',
  'msw/node',
  'ava',
  'tap',
  'cypress',
  '@testing-library/react',
])
const BROWSER_MODULES =
  /^(react|react-dom|preact|vue|svelte|solid-js|pinia|vuex|zustand|@angular\/.*|react-router.*|@tanstack\/(react|vue|solid|svelte)-query|react-native|expo(-.*)?|@sentry\/(browser|react|vue|svelte|angular.*)|jquery)(\/.*)?$/
const SERVER_MODULES =
  /^(node:.*|fs|http|https|crypto|os|child_process|express|fastify|koa|hono|@nestjs\/.*|next\/(server|headers|cache)|server-only|pg|mysql2?|mongoose|ioredis|redis|@hapi\/.*)$/
/** Its types and enums are used in browser files as well. */
const SHARED_SERVER_MODULES = new Set(['@prisma/client'])
const CLI_MODULES = new Set([
  'commander',
  'yargs',
  'ink',
  'oclif',
  '@oclif/core',
  'cac',
  'meow',
  'inquirer',
  'prompts',
  '@clack/prompts',
  'citty',
  'clipanion',
])

export interface FileKind {
  readonly environment: Environment
  /** What the file itself shows; undefined when nothing in it tells. */
  readonly ownEnvironment: Environment | undefined
  readonly isTest: boolean
  readonly isScript: boolean
  /** A script whose logs only the one who started it reads. */
  readonly isOneOff: boolean
  readonly isCli: boolean
  readonly usesCliModule: boolean
  readonly isPacked: boolean
}

/** What kind of code a file is, from its own content first and the project's facts after that; folders never say "browser". */
export function fileKindOf(file: SourceFile, facts: ProjectFacts, path: string): FileKind {
  const modules = file.imports.flatMap((declaration) =>
    declaration.importKind === 'type' || makesElementsOnly(declaration) ? [] : [declaration.source.value],
  )
  for (const call of file.callsNamed('require')) {
    const argument = call.arguments[0]
    if (call.callee.type === 'Identifier' && argument?.type === 'Literal' && typeof argument.value === 'string')
      modules.push(argument.value)
  }
  const directives = file.program.body.flatMap((statement) =>
    statement.type === 'ExpressionStatement' && statement.expression.type === 'Literal'
      ? [statement.expression.value]
      : [],
  )
  const isTest =
    facts.isTest ??
    (hasSuite(file.program) ||
      TEST_PATH.test(path) ||
      file.imports.some(isTestImport) ||
      modules.some((module) => TEST_MODULES.has(module)))
  const isRunOnce = facts.isOneOff === true || isToolConfig(path) || isOneOff(file)
  const isScript = isRunOnce || endsByItself(file)
  const usesCliModule = modules.some((module) => CLI_MODULES.has(module) || asksUser(file, module))
  const isCli = isScript || facts.isCli === true || usesCliModule
  const own = ownEnvironment(file, path, modules, directives)
  return {
    environment: facts.configuredEnvironment ?? own ?? facts.environment ?? 'server',
    ownEnvironment: own,
    isTest,
    isScript,
    isOneOff: isRunOnce,
    isCli,
    usesCliModule,
    isPacked: isPacked(file.text),
  }
}

function hasSuite({ body }: Program): boolean {
  return body.some(
    (statement) =>
      statement.type === 'ExpressionStatement' &&
      statement.expression.type === 'CallExpression' &&
      /^(describe|it|test|suite)(\.|$)/.test(dottedName(statement.expression.callee) ?? ''),
  )
}

/** Whether a file shows, before its tree is read, that it is a test or packed: no detector reports anything there. */
export function isExempt(program: Program, text: string, path: string, facts: ProjectFacts): boolean {
  if (isPacked(text)) return true
  if (facts.isTest !== undefined) return facts.isTest
  if (TEST_PATH.test(path) || hasSuite(program)) return true
  return program.body.some((statement) => statement.type === 'ImportDeclaration' && isTestImport(statement))
}

/** The types of a test runner are for those who extend it. */
function isTestImport({ source, importKind }: Node & { type: 'ImportDeclaration' }): boolean {
  return TEST_MODULES.has(source.value) && (importKind !== 'type' || /^(vitest|jest|@jest)\b/.test(source.value))
}

function ownEnvironment(
  file: SourceFile,
  path: string,
  modules: readonly string[],
  directives: readonly unknown[],
): Environment | undefined {
  if (directives.includes('use client')) return 'browser'
  if (directives.includes('use server')) return 'server'
  if (/\.(vue|svelte)$/.test(path)) return 'browser'
  if (modules.some((module) => SERVER_MODULES.test(module))) return 'server'
  // An async component runs on the server; any other JSX may run in a browser.
  if (file.hasJsx)
    return file.functions.some((target) => target.async && /^[A-Z]/.test(target.id?.name ?? '')) ? 'server' : 'browser'
  if (modules.some((module) => BROWSER_MODULES.test(module))) return 'browser'
  if (modules.some((module) => SHARED_SERVER_MODULES.has(module))) return 'server'
  if (isVuexModule(file)) return 'browser'
  const browserGlobals = [
    'document',
    'window',
    'localStorage',
    'sessionStorage',
    'self',
    'caches',
    'indexedDB',
    'chrome',
    'navigator',
    'alert',
  ]
  const globals = browserGlobals.flatMap((name) =>
    file.identifiersNamed(name).filter((id) => !file.resolve(id) && !runsInDrivenPage(id)),
  )
  // Code that asks whether there is a window runs in both places, and an answer that is kept speaks for the whole file.
  // Only an extension asks for `chrome`.
  const questions = globals.filter(
    (id) => id.parent?.type === 'UnaryExpression' && id.parent.operator === 'typeof' && id.name !== 'chrome',
  )
  if (questions.some(answersForOthers)) return undefined
  const asking = new Set(questions.map(enclosingFunction))
  const isAsked = (id: Node): boolean => functionsAround(id).some((target) => asking.has(target))
  return globals.some((id) => isUsed(id) && !isAsked(id)) ? 'browser' : undefined
}

/** `const isBrowser = typeof window !== 'undefined'`, or a function that only returns this. */
function answersForOthers(question: Node): boolean {
  const owner = enclosingFunction(question)
  if (!owner?.body || owner.body.type !== 'BlockStatement') return true
  const [first] = owner.body.body
  return owner.body.body.length === 1 && first?.type === 'ReturnStatement'
}

/** `readline` reads files as well. */
function asksUser({ text }: SourceFile, module: string): boolean {
  return /^(node:)?readline(\/promises)?$/.test(module) && text.includes('stdin')
}

/** `import { createElement } from 'react'`, as for mails that a server writes. */
function makesElementsOnly({ source, specifiers }: Node & { type: 'ImportDeclaration' }): boolean {
  if (source.value !== 'react' || specifiers.length === 0) return false
  return specifiers.every(
    (specifier) =>
      specifier.type === 'ImportSpecifier' &&
      (specifier.importKind === 'type' || /^(createElement|cache)$/.test(keyName(specifier.imported, false) ?? '')),
  )
}

/** `window.x`, `$(window)` and `const { screen } = window`. */
function isUsed(id: Node): boolean {
  const { parent } = id
  if (parent?.type === 'MemberExpression') return parent.object === id
  if (parent?.type === 'VariableDeclarator') return parent.id.type === 'ObjectPattern'
  return parent?.type === 'CallExpression' && parent.callee !== id
}

const PAGE_SCRIPTS = /^(evaluate\w*|\$\$?eval|waitForFunction|addInitScript|executeScript|executeAsyncScript)$/

/** `page.evaluate(() => document.title)`: code that puppeteer, playwright or selenium sends into a page. */
function runsInDrivenPage(node: Node): boolean {
  for (let current: Node = node; current.parent; current = current.parent) {
    if (!isFunction(current) || current.parent.type !== 'CallExpression') continue
    if (PAGE_SCRIPTS.test(calleeName(current.parent.callee) ?? '')) return true
  }
  return false
}

/** A store module that Vuex or Nuxt registers by itself exports its state together with mutations or actions. */
function isVuexModule(file: SourceFile): boolean {
  const exported = new Set<string>()
  for (const statement of file.program.body) {
    if (statement.type !== 'ExportNamedDeclaration' || statement.declaration?.type !== 'VariableDeclaration') continue
    for (const { id } of statement.declaration.declarations) if (id.type === 'Identifier') exported.add(id.name)
  }
  return exported.has('state') && exported.has('mutations')
}
