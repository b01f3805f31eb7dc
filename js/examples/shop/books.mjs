// The books of the shop beside those of the gateway: their differences, and the counts of each API generation.

/**
 * The differences between the shop's books and the gateway's, a sentence each.
 * @param {{ orders: object[], refunds: object[] }} shop its own books
 * @param {{ orders: object[], refunds: object[] }} gateway the gateway's records
 * @returns {string[]}
 */
export function compareBooks(shop, gateway) {
  return [
    ...compared(shop.orders, gateway.orders, 'out_trade_no', function* (ours, theirs) {
      if (theirs.total_fee !== ours.total_fee) yield `costs ${ours.total_fee} here and ${theirs.total_fee} there`;
      else if (theirs.trade_state !== ours.state) yield `is ${ours.state} here and ${theirs.trade_state} there`;
      else if (theirs.transaction_id !== ours.transaction_id) yield 'was paid by another transaction';
      if (ours.timesPaid !== (UNPAID.includes(ours.state) ? 0 : 1)) yield `was marked paid ${ours.timesPaid} times`;
    }),
    ...compared(shop.refunds, gateway.refunds, 'out_refund_no', function* (ours, theirs) {
      if (theirs.refund_fee !== ours.refund_fee) yield `is ${ours.refund_fee} here and ${theirs.refund_fee} there`;
      else if (theirs.refund_status !== ours.state) yield `is ${ours.state} here and ${theirs.refund_status} there`;
    }),
  ];
}

/** The states of an order without money. */
const UNPAID = ['NOTPAY', 'CLOSED'];

/** Compares row by row; each number must be in both books. */
function compared(ours, theirs, name, differences) {
  const left = new Map(theirs.map((row) => [row[name], row]));
  const found = [];
  for (const row of ours) {
    const other = left.get(row[name]);
    left.delete(row[name]);
    const what = other ? differences(row, other) : ["is not in the gateway's books"];
    found.push(...[...what].map((text) => `${row[name]} ${text}`));
  }
  return [...found, ...[...left.keys()].map((number) => `${number} is not in the shop's books`)];
}

/** The counts of one generation, from the gateway's own records: it signs the orders of APIv3 with RSA. */
export function counted(api, gateway) {
  const orders = gateway.orders().filter(({ sign_type }) => (sign_type === 'RSA') === (api === 'v3'));
  const isHere = ({ out_trade_no }) => orders.some((order) => order.out_trade_no === out_trade_no);
  const isOfPayment = ({ forged, out_refund_no }) => forged === undefined && out_refund_no === undefined;
  const notices = gateway.notices().filter((notice) => isHere(notice) && isOfPayment(notice));
  return {
    orders: orders.length,
    paid: orders.filter(({ transaction_id }) => transaction_id !== undefined).length,
    deliveries: notices.flatMap(({ attempts }) => attempts).length,
    refunded: gateway.refunds().filter((refund) => isHere(refund) && refund.refund_status === 'SUCCESS').length,
  };
}
