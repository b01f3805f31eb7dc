// The tables of the page: a row changes only with its item, and the focus stays on its control.

import type { Elements } from './elements.js';

/** The tables, which `pageTables` makes. */
export type Tables = ReturnType<typeof pageTables>;

/** How a table shows its items. */
export interface TableForm<Item> {
  /** The same for an item at each time. */
  readonly keyOf: (item: Item) => string;
  /** The cells of its row. */
  readonly row: (item: Item) => Node[];
  /** The row below it, if it is open. */
  readonly below?: (item: Item) => HTMLElement | undefined;
}

/** Its source text is sent to the browser, so it must not use anything from outside. */
export function pageTables({ byId, make }: Elements) {
  /** Puts the focus on the control of a row, or on the nearest one where the control is gone. */
  function focus(table: string, key: string, control: string | undefined): void {
    const body = document.querySelector(`#${table} tbody`) as HTMLElement;
    const row = [...body.children].find((one) => (one as HTMLElement).dataset.key === key);
    const controls = [...(row?.querySelectorAll<HTMLElement>('button') ?? [])];
    const target = controls.find(({ dataset }) => dataset.do === control) ?? controls[0] ?? byId(`${table}-title`);
    target.focus({ preventScroll: true });
  }

  return {
    focus,
    /** Forgets all rows, for another language. */
    clear(): void {
      for (const body of document.querySelectorAll('tbody')) body.replaceChildren();
    },
    show<Item>(table: string, items: readonly Item[], { keyOf, row, below }: TableForm<Item>): void {
      const body = document.querySelector(`#${table} tbody`) as HTMLElement;
      const active = document.activeElement as HTMLElement | null;
      const key = active?.closest<HTMLElement>(`#${table} tr`)?.dataset.key;
      const before = new Map([...body.children].map((element) => [(element as HTMLElement).dataset.item, element]));
      const rows = items.flatMap((item) => {
        const text = JSON.stringify(item);
        let element = before.get(text) as HTMLElement | undefined;
        before.delete(text);
        if (element === undefined) {
          element = make('tr', '', ...row(item));
          element.dataset.item = text;
          element.dataset.key = keyOf(item);
        }
        return [element, below?.(item) ?? []].flat();
      });
      // An element that is moved loses the focus, so that only the old and the new ones move.
      const wanted = new Set<Element>(rows);
      for (const element of [...body.children]) if (!wanted.has(element)) element.remove();
      let at = body.firstElementChild;
      for (const element of rows) {
        if (element === at) at = at.nextElementSibling;
        else body.insertBefore(element, at);
      }
      if (key !== undefined && document.activeElement !== active) focus(table, key, active?.dataset.do);
      byId(`${table}-count`).textContent = String(items.length);
      byId(`${table}-empty`).hidden = items.length > 0;
      byId(`${table}-scroll`).hidden = items.length === 0;
    },
  };
}
