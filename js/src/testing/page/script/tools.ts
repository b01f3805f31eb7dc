// The tools below the tables: clock, faults, bill and log-in. Also the menu of an order, and the lines of a client.

import type { PageState } from '../state.js';
import type { Elements } from './elements.js';
import type { PageOrder } from './rows.js';
import type { Tables } from './tables.js';

/** Its source text is sent to the browser, so it must not use anything from outside. */
export function pageTools(
  ui: Elements,
  tables: Tables,
  parts: { act(action: string, sent: object): Promise<void>; refresh(): Promise<void>; nowMs(): number },
) {
  const { byId, make, text, post, say, button, value, yuan } = ui;
  const DAY_MS = 86_400_000;
  const menu = byId('menu');
  const dialog = byId<HTMLDialogElement>('part');
  let opened: PageOrder | undefined;
  let bill: { day: string; text: string } | undefined;

  function item(label: string, about: string, run: () => unknown): HTMLButtonElement {
    const element = button('', label, about, () => {
      menu.hidePopover();
      if (opened !== undefined) tables.focus('orders', JSON.stringify(ui.choiceOf(opened)), 'more');
      return run();
    });
    element.setAttribute('role', 'menuitem');
    return element;
  }

  function openMenu(at: HTMLElement, order: PageOrder): void {
    opened = order;
    const { out_trade_no, trade_state, notify_url, refunded, total_fee } = order;
    const isPaid = trade_state === 'SUCCESS' || trade_state === 'REFUND';
    menu.replaceChildren(
      ...(isPaid && refunded < total_fee ? [item(text('part'), '', openPart)] : []),
      item(text('copyNumber'), '', () => ui.copy(out_trade_no)),
      ...(notify_url === '' ? [] : ['another key', 'changed amount', 'no signature']).map((forgery) => {
        const element = item(text('forge', text(forgery)), '', () =>
          parts.act('forge', { ...ui.choiceOf(order), forgery }),
        );
        element.classList.add('danger');
        return element;
      }),
    );
    menu.setAttribute('aria-label', `${text('more')} ${out_trade_no}`);
    menu.showPopover();
    const { bottom, right, top } = at.getBoundingClientRect();
    const below = bottom + 4 + menu.offsetHeight < innerHeight;
    menu.style.top = `${below ? bottom + 4 : Math.max(8, top - 4 - menu.offsetHeight)}px`;
    menu.style.left = `${Math.max(8, right - menu.offsetWidth)}px`;
    (menu.firstElementChild as HTMLElement).focus();
  }

  menu.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const items = [...menu.children] as HTMLElement[];
    items.at((items.indexOf(document.activeElement as HTMLElement) + step) % items.length)?.focus();
  });
  addEventListener('scroll', () => menu.hidePopover(), { passive: true });

  const left = () => (opened ? opened.total_fee - opened.refunded : 0);
  function openPart(): void {
    byId('part-label').textContent = text('partLabel', yuan(left()));
    byId('part-number').textContent = opened?.out_trade_no ?? '';
    byId('part-bad').textContent = '';
    byId<HTMLInputElement>('part-amount').value = '';
    dialog.showModal();
  }

  byId('part-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const given = value('part-amount').trim();
    const refund_fee = Math.round(Number(given) * 100);
    if (!/^\d{1,9}(\.\d{1,2})?$/.test(given) || refund_fee < 1 || refund_fee > left()) {
      byId('part-bad').textContent = text('partBad', yuan(left()));
      byId('part-amount').focus();
      return;
    }
    dialog.close();
    if (opened !== undefined) await parts.act('refund', { ...ui.choiceOf(opened), refund_fee });
  });
  byId('part-cancel').addEventListener('click', () => dialog.close());
  dialog.addEventListener('close', () => {
    if (opened !== undefined) tables.focus('orders', JSON.stringify(ui.choiceOf(opened)), 'more');
  });

  async function turn(ms: number): Promise<void> {
    const { errMsg } = await post('clock', { ms });
    await parts.refresh();
    if (errMsg === 'clock:ok') say(text('turned'));
    else say(text('failed', errMsg), true);
  }

  /** Ten o'clock in Beijing, when yesterday's bills of both generations are there. */
  const untilTen = () => {
    const today = Math.floor((parts.nowMs() + DAY_MS / 3) / DAY_MS) * DAY_MS - DAY_MS / 3;
    return today + DAY_MS + 10 * 3_600_000 - parts.nowMs();
  };

  function drawClock(): void {
    byId('turns').replaceChildren(
      ...(
        [
          ['min', 60_000],
          ['h', 3_600_000],
          ['d', DAY_MS],
        ] as const
      ).map(([unit, ms]) => button('', `+${text(unit, 1)}`, '', () => turn(ms))),
      button('', text('ten'), '', () => turn(untilTen())),
    );
  }

  const SHARES = [0, 0.05, 0.2, 0.5, 1];
  const CALLS = 'delay resetBefore resetAfter pageBefore pageAfter html cut systemErrorBefore systemErrorAfter';
  const NOTICES = 'noticeLost noticeDuplicated noticeLate noticeReordered noticeForged';

  function faultField(name: string): HTMLElement {
    const select = make<HTMLSelectElement>('select', '');
    select.dataset.fault = name;
    select.addEventListener('change', async () => {
      try {
        const { errMsg } = await post('fault', { name, rate: Number(select.value) });
        if (errMsg !== 'fault:ok') say(text('failed', errMsg), true);
        select.dataset.rate = '';
        await parts.refresh();
      } catch {
        say(text('gone'), true);
      }
    });
    return make('label', 'fault', make('span', '', text(name)), select);
  }

  function drawFaults(): void {
    for (const [id, names] of [
      ['fault-calls', CALLS],
      ['fault-notices', NOTICES],
    ] as const)
      byId(id).replaceChildren(...names.split(' ').map(faultField));
  }

  function showFaults(rates: Readonly<Record<string, unknown>>): void {
    let on = 0;
    for (const select of document.querySelectorAll<HTMLSelectElement>('[data-fault]')) {
      const rate = Number(rates[select.dataset.fault ?? ''] ?? 0);
      if (rate > 0) on += 1;
      select.classList.toggle('on', rate > 0);
      if (select.dataset.rate === String(rate)) continue;
      select.dataset.rate = String(rate);
      const shares = SHARES.includes(rate) ? SHARES : [...SHARES, rate].sort((one, other) => one - other);
      select.replaceChildren(
        ...shares.map((share) => {
          const option = make<HTMLOptionElement>(
            'option',
            '',
            share === 0 ? text('off') : `${+(share * 100).toFixed(2)} %`,
          );
          option.value = String(share);
          return option;
        }),
      );
      select.value = String(rate);
    }
    byId('faults-count').textContent = String(on);
  }

  function drawBill(): void {
    byId('bill-text').hidden = bill === undefined;
    if (bill === undefined) return;
    byId('bill-text').replaceChildren(ui.block(text('fetched', bill.day), bill.text, bill.text, 'table'));
  }

  byId('bill-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    const [mch_id, day, bill_type] = ['bill-merchant', 'bill-day', 'bill-type'].map(value) as [string, string, string];
    try {
      const found = await post('bill', { mch_id, bill_date: day.replaceAll('-', ''), bill_type });
      bill = found.bill === undefined ? undefined : { day, text: found.bill };
      if (bill === undefined) say(text('failed', found.errMsg), true);
      drawBill();
    } catch {
      say(text('gone'), true);
    }
  });

  async function fetchCode(action: string, name: string, sent: object): Promise<void> {
    try {
      const answer = await post(action, sent);
      byId('code').textContent = answer[name] ?? answer.errMsg;
      byId('code-copy').hidden = false;
    } catch {
      say(text('gone'), true);
    }
  }
  byId('login').addEventListener('submit', (event) => {
    event.preventDefault();
    fetchCode('login', 'js_code', { appid: value('appid'), openid: value('openid') });
  });
  byId('phone').addEventListener('click', () => fetchCode('phoneCode', 'code', { appid: value('appid') }));
  byId('code-copy').addEventListener('click', () => ui.copy(byId('code').textContent ?? ''));

  /** The lines that make a client, without its keys. */
  function drawStart({ merchants }: PageState): void {
    const where = `baseUrls: ['${location.origin}'], loginUrl: '${location.origin}'${location.origin.startsWith('https') ? ', ca' : ''}`;
    const keys = 'privateKey, certificate, apiV3Key, wechatpayKeys';
    const block = (name: string, from: string, mch_id: string, members: string) =>
      ui.block(
        `${text(name)} · ${mch_id}`,
        `import { WechatPay } from ${from};\nconst wechatPay = new WechatPay({ ${members}, secret, ${where} });`,
      );
    byId('start-lines').replaceChildren(
      ...merchants.flatMap(({ appid, mch_id, v2, v3 }) => [
        ...(v2 ? [block('startV2', "'paysign'", mch_id, `appid: '${appid}', mch_id: '${mch_id}', key`)] : []),
        ...(v3 ? [block('startV3', "'paysign/v3'", mch_id, `appid: '${appid}', mchid: '${mch_id}', ${keys}`)] : []),
      ]),
    );
  }

  function options(id: string, values: readonly string[]): void {
    if (byId(id).childElementCount === 0) byId(id).append(...values.map((one) => make('option', '', one)));
  }

  return {
    openMenu,
    /** Draws everything that has texts of its own. */
    translate(state: PageState): void {
      menu.hidePopover();
      menu.replaceChildren();
      menu.removeAttribute('aria-label');
      byId('part-label').textContent = '';
      drawClock();
      drawFaults();
      drawBill();
      drawStart(state);
    },
    show(state: PageState): void {
      options('appid', state.appids);
      options('bill-merchant', [...new Set(state.merchants.map(({ mch_id }) => mch_id))]);
      if (value('bill-day') === '')
        byId<HTMLInputElement>('bill-day').value = ui.beijing(state.nowMs - DAY_MS).slice(0, 10);
      showFaults(state.faults as Record<string, unknown>);
      byId('start').hidden = state.orders.length > 0;
    },
  };
}
