// The script of the gateway's page. It fetches the state every second, shows it, and sends the actions of buttons.

import type { OrderRecord } from '../../books/orders.js';
import type { PageState } from '../state.js';
import type { pageDetails } from './details.js';
import type { PageTexts, pageElements } from './elements.js';
import type { PageOrder, pageRows } from './rows.js';
import type { pageTables } from './tables.js';
import type { pageTools } from './tools.js';

/**
 * The whole script, of which each part is one function. Its source text is sent to the browser, so it must not use anything from
 * outside.
 */
export function pageScript(
  texts: PageTexts,
  makeElements: typeof pageElements,
  makeTables: typeof pageTables,
  makeDetails: typeof pageDetails,
  makeRows: typeof pageRows,
  makeTools: typeof pageTools,
): void {
  const ui = makeElements(texts);
  const { byId, text, say } = ui;
  const tables = makeTables(ui);
  let state: PageState | undefined;
  let drawn = '';
  const nowMs = () => state?.nowMs ?? 0;

  /** Sends an action, and says how it ended. */
  async function act(action: string, sent: object): Promise<void> {
    const { errMsg, accepted, forged } = await ui.post(action, sent);
    if (typeof errMsg === 'string') {
      const isOk = errMsg.endsWith(':ok');
      const isRefusal = action === 'refuse' && errMsg.startsWith('requestPayment:fail cancel');
      say(isOk || isRefusal ? text(`${action}Ok`) : text('failed', errMsg), !isOk && !isRefusal);
    } else if (forged) say(text(accepted ? 'robbed' : 'forgedRefused'), accepted);
    else say(text(accepted ? 'accepted' : 'notAccepted'), !accepted);
    await refresh();
  }

  const tools = makeTools(ui, tables, { act, refresh, nowMs });
  const rows = makeRows(ui, makeDetails(ui), { act, nowMs, openMenu: tools.openMenu });

  function showTimes(): void {
    byId('clock').textContent = ui.beijing(nowMs()).slice(5, 19);
    byId('clock-now').textContent = ui.beijing(nowMs()).slice(0, 19);
    for (const element of document.querySelectorAll<HTMLElement>('[data-since]'))
      element.textContent = ui.span(nowMs() - Number(element.dataset.since));
    for (const element of document.querySelectorAll<HTMLElement>('[data-until]'))
      element.textContent = text('in', ui.span(Number(element.dataset.until) - nowMs()));
  }

  function draw(): void {
    if (state === undefined) return;
    const { refunds, phases } = state;
    if (drawn !== ui.lang()) {
      drawn = ui.lang();
      ui.translate();
      tables.clear();
      tools.translate(state);
    }
    const refunded = ({ out_trade_no, mch_id, sub_mch_id, sandbox }: OrderRecord) =>
      refunds
        .filter((one) => one.out_trade_no === out_trade_no && one.mch_id === mch_id)
        .filter((one) => one.sub_mch_id === sub_mch_id && one.sandbox === sandbox)
        .reduce((sum, { refund_fee }) => sum + refund_fee, 0);
    const orders: PageOrder[] = state.orders.map((order) => {
      const phase = phases[order.mch_id];
      return { ...order, refunded: refunded(order), ...(phase && { phase }) };
    });
    tables.show('orders', orders, rows.orders);
    tables.show('notices', state.notices, rows.notices);
    tables.show('refunds', refunds, rows.refunds);
    tables.show('calls', state.calls, rows.calls);
    tools.show(state);
    showTimes();
  }

  async function refresh(): Promise<void> {
    state = await (await fetch('/gateway/state')).json();
    draw();
  }

  function link(name: 'up' | 'down'): void {
    byId('link').textContent = text(name);
    byId('link').className = name;
  }

  async function follow(): Promise<void> {
    try {
      await refresh();
      link('up');
    } catch {
      link('down');
    }
    setTimeout(follow, 1000);
  }

  byId('lang').addEventListener('click', () => {
    ui.switchLanguage();
    say('');
    draw();
    link(byId('link').className === 'down' ? 'down' : 'up');
  });
  byId('seed').addEventListener('click', () => ui.copy(String(state?.seed ?? '')));
  ui.translate();
  follow();
}
