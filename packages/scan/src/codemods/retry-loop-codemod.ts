/* eslint-disable @typescript-eslint/no-unsafe-class-instance-assignment -- the guards of ts-morph take its own nodes, typed by kind */
import {
  Node,
  SyntaxKind,
  type Block,
  type ForStatement,
  type SourceFile,
  type TryStatement,
  type WhileStatement,
} from 'ts-morph'
import { stateOf } from '../call-coverage/summary.ts'
import type { CallRecord } from '../call-coverage/call-record.ts'
import { TODO_MARK, type Codemod, type Todo } from './codemod.ts'
import { importNames, nodeAt, openSource, statementText, usesRequire } from './source-edits.ts'

type Loop = ForStatement | WhileStatement

interface Import {
  readonly module: string
  readonly name: string
}

const CORE: Import = { module: '@holdfast/core', name: 'standardPolicy' }

const BY_HAND = 'this loop does more than to try again; put its call under a policy by hand'

function loopAround(node: Node | undefined): Loop | undefined {
  for (let current = node?.getParent(); current; current = current.getParent()) {
    if (Node.isForStatement(current) || Node.isWhileStatement(current)) return current
    if (Node.isFunctionLikeDeclaration(current)) return undefined
  }
  return undefined
}

/** The one `try` of a loop whose block ends with `return`, and whose handler only waits, counts or throws. */
function attemptIn(loop: Loop): TryStatement | undefined {
  const body = loop.getStatement()
  if (!Node.isBlock(body)) return undefined
  const [only, ...others] = body.getStatements()
  if (!Node.isTryStatement(only) || others.some((statement) => !isWait(statement))) return undefined
  const handler = only.getCatchClause()
  if (!handler || only.getFinallyBlock()) return undefined
  const last = only.getTryBlock().getStatements().at(-1)
  if (!Node.isReturnStatement(last)) return undefined
  const leaves = only
    .getTryBlock()
    .getDescendants()
    .some((node) => Node.isContinueStatement(node) || Node.isBreakStatement(node))
  return !leaves && handler.getBlock().getStatements().every(isWait) ? only : undefined
}

/** Waiting, counting, remembering or throwing the error: what a policy does by itself. */
function isWait(statement: Node): boolean {
  const text = statement.getText()
  if (Node.isThrowStatement(statement)) return true
  if (Node.isIfStatement(statement))
    return [statement.getThenStatement(), statement.getElseStatement()].every(
      (branch) => !branch || (Node.isBlock(branch) ? branch.getStatements() : [branch]).every(isWait),
    )
  if (Node.isVariableStatement(statement)) return !/\bawait\b/.test(text) && !/\(\s*\{/.test(text)
  if (!Node.isExpressionStatement(statement)) return false
  return (
    /^(await\s+)?(new Promise\b[\s\S]*\bsetTimeout\b|(\w+\.)*(sleep|delay|wait|setTimeout|pause)\w*\()/.test(text) ||
    /^[\w.]+\s*([-+*]?=|\+\+|--)/.test(text)
  )
}

/** How often a `for` loop tries, where it says so: `for (let i = 0; i < 3; i++)`. */
function attemptsOf(loop: Loop): string | undefined {
  if (!Node.isForStatement(loop)) return undefined
  const condition = loop.getCondition()
  const first = /=\s*(\d+)\s*$/.exec(loop.getInitializer()?.getText() ?? '')?.[1]
  if (!Node.isBinaryExpression(condition) || first === undefined) return undefined
  const limit = condition.getRight().getText()
  const operator = condition.getOperatorToken().getText()
  const more = (operator === '<=' ? 1 : operator === '<' ? 0 : NaN) - Number(first)
  if (Number.isNaN(more)) return undefined
  if (/^\d+$/.test(limit)) return String(Math.max(0, Number(limit) + more - 1))
  const name = /^[A-Z][A-Z0-9_]*$/.test(limit) ? limit : undefined
  return name === undefined
    ? undefined
    : more - 1 === 0
      ? name
      : `${name} ${more - 1 < 0 ? '-' : '+'} ${Math.abs(more - 1)}`
}

function rewrite(source: SourceFile, loop: Loop, call: CallRecord, file: string, todos: Todo[]): readonly Import[] {
  const attempt = attemptIn(loop)
  const owner = loop.getFirstAncestor((node) => Node.isFunctionLikeDeclaration(node))
  const counter = Node.isForStatement(loop)
    ? /^(?:let|var)\s+(\w+)/.exec(loop.getInitializer()?.getText() ?? '')?.[1]
    : undefined
  const block = attempt?.getTryBlock()
  const usesCounter =
    counter !== undefined &&
    block?.getDescendantsOfKind(SyntaxKind.Identifier).some((node) => node.getText() === counter)
  const retries = attemptsOf(loop)
  if (!attempt || !block || usesCounter || !owner || retries === undefined) {
    todos.push({ file, line: loop.getStartLineNumber(), text: BY_HAND })
    return []
  }
  const name = nameOf(owner)
  const methods = call.methods.join(', ')
  const isRepeatable =
    stateOf({ ...call, protections: { ...call.protections, retry: { state: 'no' } } }, 'retry') === 'no'
  if (!isRepeatable)
    todos.push({
      file,
      line: loop.getStartLineNumber(),
      text: `${methods} is repeated only with an idempotency key; decide whether to set one`,
    })
  const todo = isRepeatable
    ? ''
    : `// ${TODO_MARK} ${methods} is sent again only with an idempotency key that the service honours.\n`
  // Behind the loop stands what happens when all attempts failed: the last failure reaches the caller then.
  for (
    let next = loop.getNextSibling();
    Node.isThrowStatement(next) || Node.isReturnStatement(next);
    next = loop.getNextSibling()
  )
    next.remove()
  const policy = `standardPolicy({ name: '${name}', retry: { maxRetries: ${retries} } })`
  const plain = plainClient(source, call)
  if (plain) {
    // Under the client the policy sees status and Retry-After of every attempt, which an error made from them may hide.
    const own = `${name}${call.client === 'fetch' ? 'Fetch' : 'Axios'}`
    const axios = plain.getText()
    plain.replaceWithText(own)
    loop.replaceWithText(`${todo}${innerText(block)}`)
    if (call.client === 'fetch') {
      insertAbove(source, own, [`const ${own} = wrapFetch(${policy})`])
      return [CORE, { module: '@holdfast/core', name: 'wrapFetch' }]
    }
    insertAbove(source, own, [`const ${own} = ${axios}.create()`, `attach(${own}, ${policy})`])
    return [CORE, { module: '@holdfast/axios-interceptor', name: 'attach' }]
  }
  if (call.client === 'axios')
    todos.push({
      file,
      line: loop.getStartLineNumber(),
      text: 'attached to the instance itself, the policy would see status and Retry-After of each attempt: see `holdfast fix attach`',
    })
  const options = isRepeatable ? ', { idempotent: true }' : ''
  loop.replaceWithText(
    `${todo}${statementText(source, `return ${name}Policy.execute(async () => ${blockText(block)}${options})`)}`,
  )
  insertAbove(source, `${name}Policy`, [`const ${name}Policy = ${policy}`])
  return [CORE]
}

/** The `fetch` or the `axios` module itself that a call goes through; undefined for instances. */
function plainClient(source: SourceFile, call: CallRecord): Node | undefined {
  const node = nodeAt(source, call.start, call.end)
  const callee = Node.isCallExpression(node) ? node.getExpression() : undefined
  if (call.client === 'fetch') return callee && /^(globalThis\.)?fetch$/.test(callee.getText()) ? callee : undefined
  const owner = Node.isPropertyAccessExpression(callee) ? callee.getExpression() : callee
  const imported =
    call.client === 'axios' ? source.getImportDeclaration('axios')?.getDefaultImport()?.getText() : undefined
  return Node.isIdentifier(owner) && owner.getText() === imported ? owner : undefined
}

/** The block as if it stood at the left margin. */
function blockText(block: Block): string {
  const text = block.getText()
  const margin = /\n([ \t]*)\}$/.exec(text)?.[1] ?? ''
  return text.replaceAll(`\n${margin}`, '\n')
}

function nameOf(owner: Node): string {
  const own = (owner as Node & { getName?: () => string | undefined }).getName?.()
  const parent = owner.getParent()
  return own ?? (Node.isVariableDeclaration(parent) ? parent.getName() : 'request')
}

/** The statements of the block without its braces. */
function innerText(block: Block): string {
  const lines = blockText(block).split('\n').slice(1, -1)
  const margin = /^[ \t]*/.exec(lines[0] ?? '')?.[0].length ?? 0
  return lines.map((line) => line.slice(Math.min(margin, line.length - line.trimStart().length))).join('\n')
}

/** Puts statements above the statement of the file that uses it. */
function insertAbove(source: SourceFile, name: string, lines: readonly string[]): void {
  const user = source.getStatements().find((statement) => new RegExp(`\\b${name}\\b`).test(statement.getText()))
  source.insertText(user?.getStart(true) ?? 0, `${lines.map((line) => statementText(source, line)).join('\n')}\n\n`)
}

export const retryLoopCodemod: Codemod = {
  name: 'retry-loops',
  description: 'Replace hand-written retry loops around calls by a policy',
  run: (input) => {
    const texts = new Map<string, string>()
    const todos: Todo[] = []
    for (const { path: file, calls } of input.files) {
      const looped = calls.filter(({ protections: { retry } }) => retry.state === 'yes' && /^a loop/.test(retry.source))
      if (looped.length === 0) continue
      const source = openSource(file, input.textOf(file))
      if (usesRequire(source)) {
        todos.push({ file, line: looped[0]?.line ?? 1, text: 'uses require(): change it by hand' })
        continue
      }
      const imports: Import[] = []
      for (const call of [...looped].sort((first, second) => second.start - first.start)) {
        const loop = loopAround(nodeAt(source, call.start, call.end))
        if (loop) imports.push(...rewrite(source, loop, call, file, todos))
        else
          todos.push({
            file,
            line: call.line,
            text: 'it is repeated by calling itself; put the call under a policy by hand',
          })
      }
      if (imports.length === 0) continue
      for (const module of [...new Set(imports.map((each) => each.module))].sort())
        importNames(
          source,
          module,
          [...new Set(imports.filter((each) => each.module === module).map(({ name }) => name))].sort(),
        )
      texts.set(file, source.getFullText())
    }
    return { texts, todos }
  },
}
