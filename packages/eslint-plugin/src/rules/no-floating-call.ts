import { findFloatingCalls, unknownLooseCalls, type FloatingCallOptions } from '@holdfast/analysis'
import type { Rule } from 'eslint'
import { analysisOf } from '../analysis-of.ts'
import { defineRule, type HoldfastRule } from '../rule-definition.ts'
import { knowledgeIn, knowledgeKeys, type KnowledgeOptions } from '../rule-knowledge.ts'
import { typedCalls } from '../typed-calls.ts'
import { callRuleDefaults, callRuleSchema } from './call-rule-options.ts'

interface Options extends FloatingCallOptions {
  readonly typed: boolean
}

const { reportUnknown: _unknown, wrappers: _deadlines, ...sharedSchema } = callRuleSchema
const knowledge = knowledgeKeys(sharedSchema)
const { ignoreUrls, sameOrigin, browserExternal } = callRuleDefaults

const untyped = defineRule<Options>({
  name: 'no-floating-call',
  description: 'Disallow calls to other servers whose failure nobody waits for',
  type: 'problem',
  recommended: 'error',
  suggests: true,
  schema: {
    ...sharedSchema,
    allowVoid: { type: 'boolean', description: 'Accepts `void call()` although nothing handles its failure.' },
    typed: {
      type: 'boolean',
      description: 'Also asks the types what a call calls; does nothing where the parser brings no types.',
    },
  },
  defaults: { ignoreUrls, sameOrigin, browserExternal, allowVoid: false, typed: false },
  messages: {
    floating: 'Nothing waits for this {{client}} call; its failure becomes an unhandled rejection.',
    uncaught: 'The catch never sees this {{client}} call fail; `await` it before it is returned.',
    addAwait: 'Wait for it with `await`.',
  },
  detect: findFloatingCalls,
})

/** Promises of functions that only types lead to, such as methods of an injected service. */
function typedListener(context: Rule.RuleContext): Rule.RuleListener {
  const [options] = context.options as [(Partial<Options> & KnowledgeOptions)?]
  if (options?.typed !== true) return {}
  return {
    'Program:exit'() {
      const analysis = analysisOf(context, knowledgeIn(options, knowledge))
      const calls = analysis && typedCalls(context, analysis)
      if (!calls) return
      for (const { call, isVoided } of unknownLooseCalls(analysis)) {
        const found = isVoided && options.allowVoid === true ? undefined : calls(call)
        if (found) context.report({ node: call as unknown as Rule.Node, messageId: 'floating', data: { ...found } })
      }
    },
  }
}

export const noFloatingCall: HoldfastRule = {
  ...untyped,
  create: (context) => ({ ...untyped.create(context), ...typedListener(context) }),
}
