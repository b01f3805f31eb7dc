// The rows of the page: orders, notices, refunds and calls, with their buttons.

import type { KeyPhase } from '../../books/key-phases.js';
import type { OrderRecord } from '../../books/orders.js';
import type { RefundRecord } from '../../books/refunds.js';
import type { ExchangeSummary } from '../../exchanges.js';
import type { PageNotice } from '../state.js';
import type { Details } from './details.js';
import type { Elements } from './elements.js';
import type { TableForm } from './tables.js';

/** An order with what the page adds to it. */
export interface PageOrder extends OrderRecord {
  refunded: number;
  phase?: KeyPhase;
}

/** What the buttons of an order do. */
export interface OrderActions {
  /** Sends an action, says how it ended, and draws the page again. */
  act(action: string, sent: object): Promise<void>;
  /** Opens the menu at its button. */
  openMenu(at: HTMLElement, order: PageOrder): void;
  nowMs(): number;
}

/** Its source text is sent to the browser, so it must not use anything from outside. */
export function pageRows(ui: Elements, details: Details, { act, openMenu, nowMs }: OrderActions) {
  const { make, cell, badge, text, yuan, button } = ui;
  const number = (what: string, ...below: (string | undefined)[]) => {
    const lines = below.filter((one): one is string => one !== undefined && one !== '').map(line);
    return cell('number', make('div', 'mono', what), ...lines);
  };

  /** A second line, which is cut where there is no room. */
  function line(what: string): HTMLElement {
    const element = make('div', 'sub', what);
    element.title = what;
    return element;
  }

  function action(className: string, name: string, about: string, sent: object): HTMLButtonElement {
    const element = button(className, text(name), about, () => act(name, sent));
    element.dataset.do = name;
    return element;
  }

  const STATES: Record<string, string> = {
    ...{ NOTPAY: 'wait', USERPAYING: 'wait', SUCCESS: 'good', REFUND: 'info', PAYERROR: 'bad', ABNORMAL: 'bad' },
    PROCESSING: 'wait',
  };

  const orders: TableForm<PageOrder> = {
    keyOf: (order) => JSON.stringify(ui.choiceOf(order)),
    row(order) {
      const { out_trade_no, trade_state, mch_id, sub_mch_id, notify_url, total_fee, refunded, phase, sandbox } = order;
      const generation = order.sign_type === 'RSA' ? 'APIv3' : 'APIv2';
      const api = phase && generation === 'APIv3' ? `${generation} · ${text(`phase ${phase}`)}` : generation;
      const isOpen = trade_state === 'NOTPAY' || trade_state === 'USERPAYING';
      const isPaid = trade_state === 'SUCCESS' || trade_state === 'REFUND';
      const sent = ui.choiceOf(order);
      const age = make('span', '');
      age.dataset.since = String(order.createdMs);
      age.textContent = ui.span(nowMs() - order.createdMs);
      const more: HTMLButtonElement = button('more', '…', '', () => openMenu(more, order));
      more.setAttribute('aria-label', `${text('more')} ${out_trade_no}`);
      more.ariaHasPopup = 'menu';
      more.dataset.do = 'more';
      const goods = sandbox ? `${order.body} · ${text('sandbox')}` : order.body;
      return [
        cell('', badge(STATES[trade_state] ?? '', text(trade_state)), make('div', 'code', trade_state)),
        cell('money', yuan(total_fee), ...(refunded > 0 ? [make('div', 'sub', text('back', yuan(refunded)))] : [])),
        number(out_trade_no, goods),
        cell('merchant', make('div', 'mono', mch_id), ...(sub_mch_id ? [line(sub_mch_id)] : []), line(api)),
        cell('age', age),
        cell(
          'act',
          ...(isOpen ? [action('main', 'pay', out_trade_no, sent), action('', 'refuse', out_trade_no, sent)] : []),
          ...(isPaid && refunded < total_fee ? [action('', 'refund', out_trade_no, sent)] : []),
          ...(notify_url === '' && !isPaid ? [] : [more]),
        ),
      ];
    },
  };

  function resultOf({ accepted, forged, nextAttemptMs, attempts }: PageNotice): HTMLElement {
    if (forged) return accepted ? badge('alarm', text('sRobbed')) : badge('good', text('sForged'));
    if (accepted) return badge('good', text('sAccepted'));
    const waits = nextAttemptMs !== undefined || attempts.length === 0;
    return waits ? badge('wait', text('sWaiting')) : badge('bad', text('sEnded'));
  }

  function attemptLines({ attempts, forged }: PageNotice): HTMLElement[] {
    const shown = attempts.slice(-4).map(({ timeMs, status, error }) => {
      const what = error === undefined ? `${status} SUCCESS` : ui.words(error);
      const kind = forged ? '' : error === undefined ? 'ok' : 'no';
      return make('li', '', make('time', '', ui.beijing(timeMs).slice(11, 19)), make('span', kind, what));
    });
    return attempts.length > 4 ? [make('li', 'sub', text('total', attempts.length)), ...shown] : shown;
  }

  const notices: TableForm<PageNotice> = {
    keyOf: ({ id }) => String(id),
    below: ({ id }) => details.below('notice', id),
    row(notice) {
      const { id, forged, nextAttemptMs, out_refund_no, out_trade_no, mch_id, notify_url } = notice;
      const next = make('span', '');
      if (nextAttemptMs !== undefined) next.dataset.until = String(nextAttemptMs);
      const about = out_refund_no ?? out_trade_no;
      const sent = { out_trade_no, mch_id, ...(out_refund_no && { out_refund_no }) };
      return [
        cell(
          '',
          resultOf(notice),
          make(
            'div',
            'sub',
            text(out_refund_no === undefined ? 'payment' : 'refund'),
            forged ? ` · ${text(forged)}` : '',
          ),
        ),
        number(about, notify_url),
        cell('', make('ol', 'attempts', ...attemptLines(notice))),
        cell('age', next),
        cell('act', ...(forged ? [] : [action('', 'resend', about, sent)]), details.button('notice', id, about, 5)),
      ];
    },
  };

  const refunds: TableForm<RefundRecord> = {
    keyOf: ({ mch_id, out_refund_no }) => `${mch_id} ${out_refund_no}`,
    row: ({ refund_status, refund_fee, out_refund_no, out_trade_no, refund_desc, success_time }) => [
      cell('', badge(STATES[refund_status] ?? '', text(`refund${refund_status}`)), make('div', 'code', refund_status)),
      cell('money', yuan(refund_fee)),
      number(out_refund_no, refund_desc),
      number(out_trade_no),
      cell('age', success_time ?? ''),
    ],
  };

  const calls: TableForm<ExchangeSummary> = {
    keyOf: ({ id }) => String(id),
    below: ({ id }) => details.below('call', id),
    row({ id, timeMs, method, path, mch_id = '', status, code, mistake }) {
      const kind = status === undefined ? 'wait' : status < 300 && code === undefined ? 'good' : 'bad';
      const [name = ''] = path.split('?');
      return [
        cell('', badge(kind, status === undefined ? text('pending') : [status, code ?? ''].join(' ').trim())),
        number(`${method} ${path}`, mistake && text('wrong', mistake)),
        cell('merchant', make('div', 'mono', mch_id)),
        cell('age', ui.beijing(timeMs).slice(5, 19)),
        cell('act', details.button('call', id, `${method} ${name}`, 5)),
      ];
    },
  };

  return { orders, notices, refunds, calls };
}
