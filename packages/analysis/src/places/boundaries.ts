import { originOf } from '../model/values.ts'
import type { SourceFile } from '../model/source-file.ts'
import {
  calleeName,
  dottedName,
  isFunction,
  keyName,
  memberName,
  nameOf,
  patternNameOf,
  unwrap,
  type FunctionNode,
  type Node,
} from '../syntax/nodes.ts'

/**
 * Where a program is entered from outside. `request` and `job` serve one of many callers; `interceptor` runs for each
 * request of a client; `listener`, `main` and `callback` are called by something that is not this code.
 */
export type Boundary = 'request' | 'job' | 'interceptor' | 'listener' | 'main' | 'callback'

const ROUTES = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'all', 'use', 'route', 'param'])
const ROUTER_NAME = /(^|\.)(app|server|router|fastify|api|hono|\w*[rR]outer|\w*App|\w*Server|route|instance)$/
const JOBS = new Set([
  'process',
  'schedule',
  'define',
  'work',
  'consume',
  'createFunction',
  'task',
  'cron',
  'scheduleJob',
])
const JOB_OWNER = /queue|worker|cron|agenda|boss|schedul|inngest|job|consumer|channel|task/i
const LISTENERS = new Set([
  'on',
  'once',
  'addListener',
  'addEventListener',
  'subscribe',
  'listen',
  'watch',
  'prependListener',
])
const REQUEST_DECORATORS =
  /^(Get|Post|Put|Patch|Delete|Head|Options|All|Query|Mutation|Subscription|MessagePattern|EventPattern|GrpcMethod|SubscribeMessage|Sse)$/
const JOB_DECORATORS = /^(Cron|Interval|Timeout|Process|Processor|OnEvent|OnQueue\w+|RabbitSubscribe|Job)$/
const REQUEST_TYPES =
  /^(Request|IncomingMessage|FastifyRequest|NextApiRequest|NextRequest|APIGatewayProxyEvent\w*|LoaderFunctionArgs|ActionFunctionArgs)$/
const ROUTE_EXPORTS = /^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS|loader|action|getServerSideProps|middleware)$/
const MAIN_NAMES =
  /^(main|run|start|bootstrap|cli|handler|handle[A-Z]\w*|on[A-Z]\w*|componentDid\w+|getStaticProps|getServerSideProps)$/
const COLLECTION_METHODS = new Set([
  'map',
  'forEach',
  'filter',
  'find',
  'some',
  'every',
  'flatMap',
  'reduce',
  'reduceRight',
  'sort',
  'then',
  'catch',
  'finally',
  'findIndex',
  'from',
  'replace',
  'replaceAll',
])

function fieldName({ parent }: FunctionNode): string | undefined {
  return parent?.type === 'PropertyDefinition' ? keyName(parent.key, parent.computed) : undefined
}

function decoratorsOf(target: FunctionNode): readonly string[] {
  const method = target.parent
  if (method?.type !== 'MethodDefinition') return []
  return method.decorators.flatMap((decorator) => {
    const expression = unwrap(decorator.expression)
    return calleeName(expression.type === 'CallExpression' ? expression.callee : expression) ?? []
  })
}

function typeNameOf(parameter: Node): string | undefined {
  const type = parameter.type === 'Identifier' ? parameter.typeAnnotation?.typeAnnotation : undefined
  if (type?.type !== 'TSTypeReference') return undefined
  const { typeName } = type
  return typeName.type === 'Identifier'
    ? typeName.name
    : typeName.type === 'TSQualifiedName'
      ? typeName.right.name
      : undefined
}

/** A function that takes a request and its response, or the context of a server framework. */
function takesRequest(target: FunctionNode): boolean {
  if (target.params.some((parameter) => REQUEST_TYPES.test(typeNameOf(parameter) ?? ''))) return true
  const names = target.params.map(patternNameOf)
  const first = names.findIndex((name) => /^_?(req|request)$/.test(name ?? ''))
  return first >= 0 && /^_?(res|response|reply|resp)$/.test(names[first + 1] ?? '')
}

function ofArgument(file: SourceFile, target: FunctionNode, call: Node): Boundary | undefined {
  if (call.type === 'NewExpression') {
    const name = calleeName(call.callee) ?? ''
    if (/^(Worker|QueueWorker|CronJob)$/.test(name) || /Worker$/.test(name)) return 'job'
    return name === 'Promise' ? undefined : 'callback'
  }
  if (call.type !== 'CallExpression') return undefined
  const callee = unwrap(call.callee)
  const method = calleeName(callee) ?? ''
  const owner = callee.type === 'MemberExpression' ? (dottedName(callee.object) ?? '') : ''
  const name = dottedName(callee) ?? ''
  if (/\.interceptors\.(request|response)\.use$/.test(name)) return 'interceptor'
  if (ROUTES.has(method) && (ROUTER_NAME.test(owner) || takesRequest(target) || isRouter(file, callee)))
    return 'request'
  if (method === 'createServer' || takesRequest(target)) return 'request'
  if (JOBS.has(method) && (JOB_OWNER.test(owner) || /^(cron|scheduleJob)$/.test(method))) return 'job'
  if (LISTENERS.has(method)) return 'listener'
  if (COLLECTION_METHODS.has(method)) return undefined
  return 'callback'
}

function isRouter(file: SourceFile, callee: Node): boolean {
  if (callee.type !== 'MemberExpression') return false
  const origin = originOf(file, callee.object)
  return origin?.from === 'module' && /^(express|fastify|koa|hono|@koa\/router|restify|polka|h3)$/.test(origin.module)
}

/** What kind of entry a function is itself; a function that only this code calls is none. */
export function boundaryOf(file: SourceFile, target: FunctionNode): Boundary | undefined {
  const decorators = decoratorsOf(target)
  if (decorators.some((name) => REQUEST_DECORATORS.test(name))) return 'request'
  if (decorators.some((name) => JOB_DECORATORS.test(name))) return 'job'
  const { parent } = target
  if (parent?.type === 'CallExpression' || parent?.type === 'NewExpression') {
    if (unwrap(parent.callee) !== target) return ofArgument(file, target, parent)
    return 'main'
  }
  if (takesRequest(target)) return 'request'
  const names = target.params.map(patternNameOf)
  if (names[0] === 'ctx' && (names.length === 1 || names[1] === 'next')) return 'request'
  if (names[0] === 'job') return 'job'
  const name = nameOf(target) ?? fieldName(target) ?? ''
  if (ROUTE_EXPORTS.test(name) && isExported(target)) return 'request'
  if (parent?.type === 'Property' && parent.parent?.type === 'ObjectExpression') {
    // A handler in the options of a call: `route({ handler() {} })`, `defineJob({ run() {} })`.
    let outer: Node | null | undefined = parent.parent.parent
    while (outer?.type === 'Property' || outer?.type === 'ObjectExpression' || outer?.type === 'ArrayExpression')
      outer = outer.parent
    if (outer?.type === 'CallExpression' || outer?.type === 'NewExpression') return 'callback'
  }
  if (parent?.type === 'AssignmentExpression' && /^on[a-z]+$/.test(memberName(unwrap(parent.left)) ?? ''))
    return 'listener'
  return MAIN_NAMES.test(name) ? 'main' : undefined
}

function isExported(target: FunctionNode): boolean {
  for (let current: Node | null | undefined = target; current; current = current.parent) {
    if (current.type === 'ExportNamedDeclaration' || current.type === 'ExportDefaultDeclaration') return true
    if (current !== target && isFunction(current)) return false
  }
  return false
}

/** The nearest entry around a node; the code of a module itself is `main`. */
export function boundaryAround(file: SourceFile, node: Node): Boundary | undefined {
  let isInFunction = false
  for (let current = node.parent; current; current = current.parent) {
    if (!isFunction(current)) continue
    isInFunction = true
    const boundary = boundaryOf(file, current)
    if (boundary) return boundary
  }
  return isInFunction ? undefined : 'main'
}
