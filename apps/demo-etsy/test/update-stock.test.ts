import { expect, test } from 'vitest'
import { readInventory } from '../src/shop/answers.ts'
import { UnreadableAnswerError } from '../src/shop/failure.ts'
import { inventoryBody } from '../src/shop/update-stock.ts'

const answer = {
  products: [
    {
      product_id: 1,
      sku: 'MUG',
      is_deleted: false,
      property_values: [{ property_id: 200 }],
      offerings: [
        {
          offering_id: 2,
          quantity: 5,
          is_enabled: true,
          is_deleted: false,
          price: { amount: 1_850, divisor: 100, currency_code: 'EUR' },
          readiness_state_id: 1,
        },
      ],
    },
  ],
  price_on_property: [200],
}

test('an inventory is sent back whole, without read-only fields and with a decimal price', () => {
  expect(inventoryBody(readInventory(answer), 9)).toEqual({
    price_on_property: [200],
    products: [
      {
        sku: 'MUG',
        property_values: [{ property_id: 200 }],
        offerings: [{ quantity: 9, is_enabled: true, price: 18.5, readiness_state_id: 1 }],
      },
    ],
  })
})

test.each([['{"products":[{"sku"'], [{}], [{ products: [{ offerings: [{ quantity: '5' }] }] }], [null]])(
  'an answer that is no inventory is unreadable: %j',
  (body) => {
    expect(() => readInventory(body)).toThrow(UnreadableAnswerError)
  },
)
