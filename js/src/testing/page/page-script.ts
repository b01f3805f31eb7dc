// The script of the gateway's page. It fetches the state every second, shows it, and sends the actions of buttons.

import type { KeyPhase } from '../books/key-phases.js';
import type { OrderRecord } from '../books/orders.js';
import type { RefundRecord } from '../books/refunds.js';
import type { V3CallRecord } from '../calls-v3/call-log.js';
import type { NoticeRecord } from '../notices/desk.js';
import type { RefusedSignature } from '../refusals.js';
import type { PageState } from './state.js';

/**
 * The whole script. Its source text is sent to the browser, so it must not use anything from outside. Foreign texts are set as
 * text, never as HTML.
 */
export function pageScript(): void {
  const byId = (id: string) => document.getElementById(id) as HTMLElement;
  const value = (id: string) => (byId(id) as HTMLInputElement).value;
  let nowMs = 0;

  function make(tag: string, className: string, ...children: (string | Node)[]): HTMLElement {
    const element = document.createElement(tag);
    if (className !== '') element.className = className;
    element.append(...children);
    return element;
  }
  const cell = (className: string, ...children: (string | Node)[]) => make('td', className, ...children);
  const badge = (kind: string, text: string) => make('span', `badge ${kind}`, text);
  const yuan = (fen: number) => `¥${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
  const timeOfDay = (ms: number) => new Date(ms).toLocaleTimeString('en-GB');

  function span(ms: number): string {
    const seconds = Math.max(0, Math.round(ms / 1000));
    if (seconds < 60) return `${seconds} s 秒`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min 分钟`;
    return seconds < 86_400 ? `${Math.floor(seconds / 3600)} h 小时` : `${Math.floor(seconds / 86_400)} d 天`;
  }

  function say(text: string, bad: boolean): void {
    byId('said').textContent = text;
    byId('said').className = bad ? 'bad' : '';
    setTimeout(() => {
      if (byId('said').textContent === text) byId('said').textContent = '';
    }, 6000);
  }

  async function post(action: string, sent: object): Promise<Record<string, unknown>> {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`/gateway/${action}`, { method: 'POST', headers, body: JSON.stringify(sent) });
    return response.json();
  }

  function button(className: string, label: string, name: string, action: string, sent: () => object): HTMLElement {
    const element = make('button', className, label) as HTMLButtonElement;
    element.setAttribute('aria-label', `${label} ${name}`);
    element.addEventListener('click', async () => {
      element.disabled = true;
      try {
        const { errMsg, accepted, forged } = await post(action, sent());
        if (typeof errMsg === 'string') say(errMsg, !errMsg.endsWith(':ok'));
        else if (forged)
          say(
            accepted
              ? 'The shop ACCEPTED a forged notice! 商户接受了伪造的通知！'
              : 'The shop refused the forged notice. 商户拒绝了伪造的通知',
            accepted === true,
          );
        else
          say(
            accepted
              ? 'The shop accepted the notice. 商户接受了通知'
              : 'The shop did not accept the notice. 商户没有接受通知',
            !accepted,
          );
        await refresh();
      } catch {
        say('The gateway does not answer. Is it still running? 网关没有响应，请检查它是否还在运行', true);
      } finally {
        element.disabled = false;
      }
    });
    return element;
  }

  function choice({ out_trade_no, mch_id, sub_mch_id, sandbox }: OrderRecord) {
    return { out_trade_no, mch_id, ...(sub_mch_id && { sub_mch_id }), sandbox: sandbox === true };
  }

  const STATES: Record<string, [string, string]> = {
    NOTPAY: ['wait', 'NOTPAY 未支付'],
    USERPAYING: ['wait', 'USERPAYING 支付中'],
    SUCCESS: ['good', 'SUCCESS 已支付'],
    REFUND: ['info', 'REFUND 转入退款'],
    CLOSED: ['', 'CLOSED 已关闭'],
    REVOKED: ['', 'REVOKED 已撤销'],
    PAYERROR: ['bad', 'PAYERROR 支付失败'],
  };

  const PHASES: Record<KeyPhase, string> = {
    'public key': 'public key 微信支付公钥',
    certificate: 'certificate 平台证书',
    obtained: 'obtained 公钥未启用',
    switching: 'switching 切换中',
  };

  function orderRow(order: OrderRecord & { refunded: number; phase?: KeyPhase }): Node[] {
    const api = order.sign_type === 'RSA' ? `APIv3${order.phase ? ` · ${PHASES[order.phase]}` : ''}` : 'APIv2';
    const { out_trade_no, trade_state, mch_id, sub_mch_id, notify_url } = order;
    const [kind, words] = STATES[trade_state] ?? ['', trade_state];
    const sent = () => choice(order);
    const open = trade_state === 'NOTPAY' || trade_state === 'USERPAYING';
    const paid = trade_state === 'SUCCESS' || trade_state === 'REFUND';
    const buttons = [
      ...(open ? [button('main', 'Pay 支付', out_trade_no, 'pay', sent)] : []),
      ...(open ? [button('', 'Refuse 拒付', out_trade_no, 'refuse', sent)] : []),
      ...(paid && order.refunded < order.total_fee ? [button('', 'Refund 退款', out_trade_no, 'refund', sent)] : []),
      ...(notify_url === ''
        ? []
        : [
            button('danger', 'Forge notice 伪造通知', out_trade_no, 'forge', () => ({
              ...sent(),
              forgery: value('forgery'),
            })),
          ]),
    ];
    const body = order.sandbox ? `${order.body} · sandbox 沙箱` : order.body;
    const age = make('span', '', span(nowMs - order.createdMs));
    age.dataset.since = String(order.createdMs);
    return [
      cell('', badge(kind, words)),
      cell(
        'money',
        yuan(order.total_fee),
        ...(order.refunded > 0 ? [make('div', 'sub', `−${yuan(order.refunded)} refunded 已退`)] : []),
      ),
      cell('number', out_trade_no, make('div', 'sub', body)),
      cell('number', mch_id, ...(sub_mch_id ? [make('div', 'sub', sub_mch_id)] : []), make('div', 'sub', api)),
      cell('age', age),
      cell('act', ...buttons),
    ];
  }

  function noticeRow(notice: NoticeRecord & { sandbox?: boolean }): Node[] {
    const { accepted, forged, attempts, nextAttemptMs, out_refund_no, out_trade_no, mch_id, notify_url } = notice;
    const result = forged
      ? accepted
        ? badge('alarm', 'Forged, ACCEPTED 伪造，已被接受')
        : badge('good', 'Forged, refused 伪造，已被拒绝')
      : accepted
        ? badge('good', 'Accepted 已接受')
        : nextAttemptMs !== undefined || attempts.length === 0
          ? badge('wait', 'Not accepted yet 等待重发')
          : badge('bad', 'No more attempts 不再重发');
    const next = make('span', '', nextAttemptMs === undefined ? '' : span(nextAttemptMs - nowMs));
    if (nextAttemptMs !== undefined) next.dataset.until = String(nextAttemptMs);
    const shown = attempts.slice(-4);
    const lines = shown.map(({ timeMs, status, error }) => {
      const time = make('time', '', timeOfDay(timeMs));
      const what = error ?? `${status} SUCCESS`;
      return make('li', '', time, make('span', forged ? '' : error === undefined ? 'ok' : 'no', what));
    });
    if (attempts.length > shown.length)
      lines.unshift(make('li', 'sub', `${attempts.length} attempts in total 共 ${attempts.length} 次`));
    const sent = () => ({ out_trade_no, mch_id, ...(out_refund_no && { out_refund_no }) });
    const number = out_refund_no ?? out_trade_no;
    return [
      cell('', result),
      cell(
        '',
        out_refund_no === undefined ? 'Payment 支付' : 'Refund 退款',
        ...(forged ? [make('div', 'sub', forged)] : []),
      ),
      cell('number', number, make('div', 'sub', notify_url)),
      cell('', make('ol', 'attempts', ...lines)),
      cell('age', next),
      cell('act', ...(forged ? [] : [button('', 'Resend 重发', number, 'resend', sent)])),
    ];
  }

  function refundRow({
    refund_status,
    refund_fee,
    out_refund_no,
    out_trade_no,
    refund_desc,
    success_time,
  }: RefundRecord): Node[] {
    const states: Record<RefundRecord['refund_status'], [string, string]> = {
      PROCESSING: ['wait', 'PROCESSING 处理中'],
      SUCCESS: ['good', 'SUCCESS 已到账'],
      ABNORMAL: ['bad', 'ABNORMAL 退款异常'],
    };
    return [
      cell('', badge(...states[refund_status])),
      cell('money', yuan(refund_fee)),
      cell('number', out_refund_no, make('div', 'sub', refund_desc ?? '')),
      cell('number', out_trade_no),
      cell('age', success_time ?? ''),
    ];
  }

  function callRow({ timeMs, method, path, mch_id, status, code }: V3CallRecord): Node[] {
    const kind = status === undefined ? 'wait' : status < 300 ? 'good' : 'bad';
    return [
      cell('', badge(kind, [status ?? 'no answer 没有应答', code ?? ''].join(' ').trim())),
      cell('number', `${method} ${path}`),
      cell('number', mch_id ?? ''),
      cell('age', timeOfDay(timeMs)),
    ];
  }

  function refusedRow({ timeMs, path, code, message, fix, signedText }: RefusedSignature): Node[] {
    return [
      cell('', badge('bad', code)),
      cell('', message, make('div', 'sub', fix)),
      cell('number', path, make('div', 'sub', signedText)),
      cell('age', timeOfDay(timeMs)),
    ];
  }

  /** Shows a list. An unchanged row keeps its element, so that a click is not lost. */
  function show<Item>(name: string, items: readonly Item[], row: (item: Item) => Node[]): void {
    const body = document.querySelector(`#${name} tbody`) as HTMLElement;
    const before = new Map([...body.children].map((element) => [(element as HTMLElement).dataset.item, element]));
    const rows = items.map((item) => {
      const text = JSON.stringify(item);
      const same = before.get(text);
      if (same !== undefined) {
        before.delete(text);
        return same;
      }
      const element = make('tr', '', ...row(item));
      element.dataset.item = text;
      return element;
    });
    if (rows.length !== body.children.length || rows.some((element, index) => body.children[index] !== element)) {
      body.replaceChildren(...rows);
    }
    byId(`${name}-count`).textContent = String(items.length);
    byId(`${name}-empty`).hidden = items.length > 0;
    (byId(name).parentElement as HTMLElement).hidden = items.length === 0;
  }

  function showTimes(): void {
    byId('clock').textContent = timeOfDay(nowMs);
    for (const element of document.querySelectorAll<HTMLElement>('[data-since]'))
      element.textContent = span(nowMs - Number(element.dataset.since));
    for (const element of document.querySelectorAll<HTMLElement>('[data-until]'))
      element.textContent = `in ${span(Number(element.dataset.until) - nowMs)}后`;
  }

  async function refresh(): Promise<void> {
    const state: PageState = await (await fetch('/gateway/state')).json();
    nowMs = state.nowMs;
    byId('seed').textContent = String(state.seed);
    const appids = byId('appid');
    if (appids.childElementCount === 0) appids.append(...state.appids.map((appid) => make('option', '', appid)));
    const refunded = ({ out_trade_no, mch_id, sub_mch_id }: OrderRecord) =>
      state.refunds
        .filter((one) => one.out_trade_no === out_trade_no && one.mch_id === mch_id && one.sub_mch_id === sub_mch_id)
        .reduce((sum, { refund_fee }) => sum + refund_fee, 0);
    const orders = state.orders.map((order) => {
      const phase = state.phases[order.mch_id];
      return { ...order, refunded: refunded(order), ...(phase && { phase }) };
    });
    show('orders', orders, orderRow);
    show('notices', state.notices, noticeRow);
    show('refunds', state.refunds, refundRow);
    show('calls', state.calls, callRow);
    show('refused', state.refused, refusedRow);
    showTimes();
  }

  async function follow(): Promise<void> {
    const link = byId('link');
    try {
      await refresh();
      link.textContent = '● connected 已连接';
      link.className = 'up';
    } catch {
      link.textContent = '● disconnected 连接已断开';
      link.className = 'down';
    }
    setTimeout(follow, 1000);
  }

  byId('login').addEventListener('submit', async (event) => {
    event.preventDefault();
    const { js_code, errMsg } = await post('login', { appid: value('appid'), openid: value('openid') });
    byId('code').textContent = typeof js_code === 'string' ? js_code : String(errMsg);
  });
  byId('phone').addEventListener('click', async () => {
    const { code, errMsg } = await post('phoneCode', { appid: value('appid') });
    byId('code').textContent = typeof code === 'string' ? code : String(errMsg);
  });
  follow();
}
