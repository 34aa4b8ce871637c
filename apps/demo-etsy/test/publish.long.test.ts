import { test } from 'vitest'
import { createWithLostAnswers } from './lost-answers-run.ts'

test('1,000 creates, 5 % applied with the answer lost: none twice, none missing', () =>
  createWithLostAnswers(1_000, 500_000))
