// The rows below calls and notices: request, answer, body, and the right text of a wrong signature.

import type { ExchangeTexts } from '../../exchanges.js';
import type { NoticeTexts } from '../state.js';
import type { Elements } from './elements.js';

/** The rows, which `pageDetails` makes. */
export type Details = ReturnType<typeof pageDetails>;

/** Its source text is sent to the browser, so it must not use anything from outside. */
export function pageDetails(ui: Elements) {
  const { make, text, post, button } = ui;
  const open = new Map<string, HTMLElement>();

  /** One element or member a line, so that people can read it. The copy is as it was sent. */
  function readable(sent: string): string {
    const cut = sent.lastIndexOf('\n\n');
    const [head, body] = cut === -1 ? ['', sent] : [sent.slice(0, cut + 2), sent.slice(cut + 2)];
    if (body.startsWith('<')) return head + body.replace(/(<\/[\w.-]+>|^<xml>)(?=<)/g, '$1\n');
    try {
      return head + JSON.stringify(JSON.parse(body), null, 2);
    } catch {
      return sent;
    }
  }

  const block = (title: string, sent: string) => ui.block(title, sent, readable(sent.trimEnd()));

  function callBlocks({ request, answer, wrong }: ExchangeTexts): HTMLElement[] {
    const isV3 = /^\w+ \/v3\//.test(request);
    const why =
      wrong === undefined
        ? []
        : [
            make('p', 'why', make('b', '', wrong.message), ' ', wrong.fix),
            ui.block(text(isV3 ? 'signed' : 'signedKey'), wrong.signedText),
          ];
    const pair = [block(text('request'), request), ...(answer === undefined ? [] : [block(text('answer'), answer)])];
    return [...why, make('div', 'pair', ...pair)];
  }

  function noticeBlocks({ body, last }: NoticeTexts): HTMLElement[] {
    const { headers, answer } = last ?? {};
    return [
      block(text('body'), body),
      ...(headers ? [block(text('headers'), lines(headers))] : []),
      ...(answer ? [block(text('reply'), answer)] : []),
    ];
  }

  const lines = (headers: Record<string, string>) =>
    Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n');

  async function load(kind: 'call' | 'notice', id: number, into: HTMLElement): Promise<void> {
    const found = await post(kind, { id, lang: ui.lang() });
    const blocks = found.errMsg ? [found.errMsg] : kind === 'call' ? callBlocks(found) : noticeBlocks(found);
    const focused = document.activeElement?.getAttribute('aria-label');
    const had = into.contains(document.activeElement);
    into.replaceChildren(make('div', 'texts', ...blocks));
    if (had) into.querySelector<HTMLElement>(`[aria-label="${CSS.escape(focused ?? '')}"]`)?.focus();
  }

  return {
    below: (kind: 'call' | 'notice', id: number) => open.get(`${kind} ${id}`),
    /** The button that opens and closes the row of an item. A new button means that the item has changed. */
    button(kind: 'call' | 'notice', id: number, about: string, columns: number): HTMLButtonElement {
      const key = `${kind} ${id}`;
      const rowId = `${kind}-${id}`;
      const cellOf = (row: HTMLElement) => row.firstElementChild as HTMLElement;
      const element = button('', text(open.has(key) ? 'hide' : 'show'), about, async () => {
        const row = open.get(key);
        row?.remove();
        open.delete(key);
        if (row === undefined) {
          const cell = make<HTMLTableCellElement>('td', '');
          cell.colSpan = columns;
          const made = make('tr', 'detail', cell);
          made.id = rowId;
          await load(kind, id, cell);
          open.set(key, made);
          element.closest('tr')?.after(made);
        }
        element.textContent = text(row === undefined ? 'hide' : 'show');
        element.setAttribute('aria-label', `${element.textContent} ${about}`);
        element.ariaExpanded = String(row === undefined);
      });
      element.dataset.do = 'show';
      element.ariaExpanded = String(open.has(key));
      const row = open.get(key);
      if (row !== undefined) load(kind, id, cellOf(row)).catch(() => undefined);
      return element;
    },
  };
}
