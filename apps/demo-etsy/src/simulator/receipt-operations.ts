import { json, type ReceivedRequest, type ResponseAnswer } from '@holdfast/fault-server'
import { nextNumber } from './database.ts'
import { errorAnswer, validationAnswer } from './error-answers.ts'
import { operation, type OperationContext } from './operation.ts'
import { readPage } from './paging.ts'
import type { WireReceipt } from './wire.ts'

/** Orders and their parcels. */
export const receiptOperations = [
  operation('getShopReceipts', 'GET /shops/:shop/receipts', ['transactions_r'], getReceipts),
  operation('getShopReceipt', 'GET /shops/:shop/receipts/:receipt', ['transactions_r'], getReceipt),
  operation(
    'getShopReceiptTransactionsByReceipt',
    'GET /shops/:shop/receipts/:receipt/transactions',
    ['transactions_r'],
    getTransactions,
  ),
  operation('createReceiptShipment', 'POST /shops/:shop/receipts/:receipt/tracking', ['transactions_w'], addTracking),
]

function getReceipts(request: ReceivedRequest, { store, seconds }: OperationContext): ResponseAnswer {
  const page = readPage(request)
  if ('kind' in page) return page
  const bound = (name: string, otherwise: number): number => Number(request.query.get(name) ?? otherwise)
  const flag = (name: string, value: boolean): boolean => (request.query.get(name) ?? String(value)) === String(value)
  const matching = store
    .receiptsSince(seconds(), bound('min_last_modified', 0))
    .filter(
      (receipt) =>
        receipt.updated_timestamp <= bound('max_last_modified', Infinity) &&
        Number(receipt['created_timestamp']) >= bound('min_created', 0) &&
        Number(receipt['created_timestamp']) <= bound('max_created', Infinity) &&
        flag('was_paid', receipt.is_paid) &&
        flag('was_shipped', receipt.is_shipped) &&
        flag('was_canceled', receipt.status === 'canceled'),
    )
  return json({ count: matching.length, results: matching.slice(page.offset, page.offset + page.limit) })
}

function placed(request: ReceivedRequest, { store, seconds }: OperationContext): WireReceipt | undefined {
  const receipt = store.receipt(Number(request.params['receipt']))
  return receipt === undefined || Number(receipt['created_timestamp']) > seconds() ? undefined : receipt
}

function unknownReceipt(request: ReceivedRequest): ResponseAnswer {
  const { receipt = '', shop = '' } = request.params
  return errorAnswer(
    404,
    `Could not find a Shop Receipt with receipt_id = ${receipt} associated with shop_id = ${shop}.`,
  )
}

function getReceipt(request: ReceivedRequest, context: OperationContext): ResponseAnswer {
  const receipt = placed(request, context)
  return receipt === undefined ? unknownReceipt(request) : json(receipt)
}

function getTransactions(request: ReceivedRequest, context: OperationContext): ResponseAnswer {
  const receipt = placed(request, context)
  if (receipt === undefined) return unknownReceipt(request)
  const results = receipt['transactions'] as unknown[]
  return json({ count: results.length, results })
}

async function addTracking(request: ReceivedRequest, context: OperationContext): Promise<ResponseAnswer> {
  const { store, nowMs, seconds } = context
  const receipt = placed(request, context)
  if (receipt === undefined) return unknownReceipt(request)
  const body = (await request.json()) as { tracking_code?: unknown; carrier_name?: unknown }
  if (typeof body.tracking_code !== 'string' || typeof body.carrier_name !== 'string') {
    return validationAnswer('/tracking_code', 'required', 'tracking_code and carrier_name are required')
  }
  receipt.shipments = [
    ...receipt.shipments,
    {
      receipt_shipping_id: nextNumber(store.database, 'shipment', 1),
      shipment_notification_timestamp: seconds(),
      carrier_name: body.carrier_name,
      tracking_code: body.tracking_code,
    },
  ]
  receipt.is_shipped = true
  receipt.status = 'completed'
  receipt.updated_timestamp = receipt.update_timestamp = seconds()
  store.saveReceipt(receipt, Number(receipt['created_timestamp']))
  // Etsy tells the buyer on every success, also when the same parcel is submitted twice.
  store.sendEmail(receipt.receipt_id, body.tracking_code, nowMs())
  context.happened({ kind: 'email-sent', operation: 'createReceiptShipment', subject: String(receipt.receipt_id) })
  context.announce('order.shipped', receipt.receipt_id)
  return json(receipt)
}
