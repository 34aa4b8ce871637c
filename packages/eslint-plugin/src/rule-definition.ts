import type { FileAnalysis, Finding } from '@holdfast/analysis'
import type { Rule } from 'eslint'
import { analysisOf } from './analysis-of.ts'
import { knowledgeIn, knowledgeKeys } from './rule-knowledge.ts'

/** JSON schema of one option. */
export type OptionSchema = Readonly<Record<string, unknown>> & { readonly description: string }

export interface RuleDefinition<Options extends object> {
  readonly name: string
  readonly description: string
  /** `problem` reports code that will fail; `suggestion` asks for a better way. */
  readonly type: 'problem' | 'suggestion'
  readonly recommended: 'error' | 'warn' | 'off'
  readonly headline?: boolean
  readonly schema: Readonly<Record<string, OptionSchema>>
  readonly defaults: Options
  readonly messages: Readonly<Record<string, string>>
  readonly suggests?: boolean
  /** Messages that another rule has too, in other words: of one place only the rule that runs first says it. */
  readonly sharedMessages?: readonly string[]
  readonly detect: (analysis: FileAnalysis, options: Options) => readonly Finding[]
}

export type HoldfastRule = Rule.RuleModule & {
  readonly name: string
  readonly recommended: 'error' | 'warn' | 'off'
  readonly headline: boolean
}

const DOCS = 'https://github.com/holdfast/holdfast/blob/main/packages/eslint-plugin/docs/rules'

/** Turns a detector of the analysis core into an ESLint rule; the file is analysed once for all rules. */
export function defineRule<Options extends object>(definition: RuleDefinition<Options>): HoldfastRule {
  const keys = knowledgeKeys(definition.schema)
  return {
    name: definition.name,
    recommended: definition.recommended,
    headline: definition.headline ?? false,
    meta: {
      type: definition.type,
      docs: {
        description: definition.description,
        url: `${DOCS}/${definition.name}.md`,
        recommended: definition.recommended !== 'off',
      },
      schema: [{ type: 'object', properties: { ...definition.schema }, additionalProperties: false }],
      defaultOptions: [{ ...definition.defaults }],
      messages: { ...definition.messages },
      hasSuggestions: definition.suggests ?? false,
    },
    create(context) {
      return {
        Program() {
          const given = context.options[0] as Partial<Options> | undefined
          const analysis = analysisOf(context, knowledgeIn(given, keys))
          if (!analysis) return
          const options: Options = { ...definition.defaults, ...given }
          for (const finding of definition.detect(analysis, options)) {
            const isShared = definition.sharedMessages?.includes(finding.messageId) === true
            if (isShared && !saysFirst(context, definition.name, finding.node)) continue
            report(context, finding)
          }
        },
      }
    },
  }
}

interface Said {
  readonly ast: object
  readonly ruleByNode: Map<object, string>
}

// Files are linted one after the other; see `analysisOf`.
let said: Said | undefined

/** Whether no other rule has said of this place what two of them say. */
function saysFirst({ sourceCode: { ast } }: Rule.RuleContext, rule: string, node: object): boolean {
  if (said?.ast !== ast) said = { ast, ruleByNode: new Map() }
  const first = said.ruleByNode.get(node) ?? rule
  said.ruleByNode.set(node, first)
  return first === rule
}

function report(context: Rule.RuleContext, finding: Finding): void {
  const { node, messageId, data, suggestions } = finding
  context.report({
    node: node as unknown as Rule.Node,
    messageId,
    ...(data ? { data: { ...data } } : {}),
    suggest: (suggestions ?? []).map((suggestion) => ({
      messageId: suggestion.messageId,
      ...(suggestion.data ? { data: { ...suggestion.data } } : {}),
      fix: (fixer) => suggestion.edits.map((edit) => fixer.replaceTextRange([edit.range[0], edit.range[1]], edit.text)),
    })),
  })
}
