import { unknown, type Protection } from '../model/project-facts.ts'

/** What the judgements of protections say of an instance that another file makes. */
export const ELSEWHERE = 'instance from elsewhere'

export const fromElsewhere: Protection = unknown(ELSEWHERE)
