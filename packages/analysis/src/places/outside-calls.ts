import type { FileAnalysis } from '../model/analysis.ts'
import { originOf } from '../model/values.ts'
import { calleeName, dottedName, unwrap, type Node } from '../syntax/nodes.ts'
import { clientReachedBy } from './client-reach.ts'

const STORAGE_MODULES =
  /^(node:)?child_process$|^(execa|pg|mysql2?|better-sqlite3|mongodb|mongoose|knex|@prisma\/client|sequelize|typeorm|drizzle-orm|@supabase\/supabase-js)(\/.*)?$/
const STORAGE_NAME =
  /(^|[.#_])(db|database|prisma|knex|sql|pool|sequelize|mongoose|supabase|drizzle|entityManager|dataSource|trx|\w*(repo|repository|collection|Repo|Repository|Collection|Model))$/
const STORAGE_VERB = /^(upsert|insert|query|exec|execute)([A-Z]\w*)?$/
const CACHE_NAME = /cache|memo|redis|\bkv\b|localStorage|sessionStorage/i

function receiverOf(callee: Node): string {
  return callee.type === 'MemberExpression' ? (dottedName(callee.object) ?? '') : ''
}

/** The objects of a chain such as `db.users.where(x).first`, from the left. */
function rootName(callee: Node): string {
  let current = unwrap(callee)
  while (current.type === 'MemberExpression' || current.type === 'CallExpression')
    current = unwrap(current.type === 'MemberExpression' ? current.object : current.callee)
  return current.type === 'Identifier' ? current.name : ''
}

export function isCacheCall(call: Node): boolean {
  if (call.type !== 'CallExpression') return false
  const callee = unwrap(call.callee)
  return CACHE_NAME.test(receiverOf(callee)) || /cache/i.test(calleeName(callee) ?? '')
}

function isAwaited(call: Node): boolean {
  return call.parent?.type === 'AwaitExpression' || call.parent?.type === 'ReturnStatement'
}

/** A call that leaves the program: a request, a query, another process. */
export function isOutsideCall(analysis: FileAnalysis, call: Node): boolean {
  if (call.type !== 'CallExpression' || isCacheCall(call)) return false
  if (clientReachedBy(analysis, call) !== undefined) return true
  const callee = unwrap(call.callee)
  const origin = originOf(analysis.file, callee)
  if (origin?.from === 'module' && STORAGE_MODULES.test(origin.module)) return true
  if (!isAwaited(call)) return false
  if (callee.type === 'Identifier') return STORAGE_VERB.test(callee.name)
  const receiver = receiverOf(callee)
  return STORAGE_NAME.test(receiver) || /^(db|prisma|knex|supabase|sql)$/.test(rootName(callee))
}
