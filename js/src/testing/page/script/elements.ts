// The tools of the page's script: texts in one language, elements, and the actions of the gateway.

import type { OrderRecord } from '../../books/orders.js';
import type { Texts } from '../english.js';

/** The texts of both languages. */
export interface PageTexts {
  readonly en: Texts;
  readonly zh: Texts;
  /** The gateway's own words, as patterns, and the same in Chinese. */
  readonly words: readonly (readonly [string, string])[];
}

/** The tools, which `pageElements` makes. */
export type Elements = ReturnType<typeof pageElements>;

/** A part of an element: text or another one. */
type Part = string | Node;

/**
 * Its source text is sent to the browser, so it must not use anything from outside. Foreign texts are set as text, never as HTML.
 */
export function pageElements(texts: PageTexts) {
  const KEPT = 'paysign-lang';
  let lang: 'en' | 'zh' = chosen();
  let hiding: ReturnType<typeof setTimeout> | undefined;

  function chosen(): 'en' | 'zh' {
    let kept: string | null = null;
    try {
      kept = localStorage.getItem(KEPT);
    } catch {
      // A browser may forbid it.
    }
    return (kept ?? navigator.language).startsWith('zh') ? 'zh' : 'en';
  }

  const byId = <Kind extends HTMLElement>(id: string) => document.getElementById(id) as Kind;

  /** The text of this name, with its values. */
  function text(name: string, ...values: (string | number)[]): string {
    const found = texts[lang][name as keyof Texts] ?? name;
    return found.replace(/\{(\d)\}/g, (_, index) => String(values[index]));
  }

  function make<Kind extends HTMLElement = HTMLElement>(tag: string, className: string, ...children: Part[]): Kind {
    const element = document.createElement(tag) as Kind;
    if (className !== '') element.className = className;
    element.append(...children);
    return element;
  }

  function say(what: string, bad = false): void {
    const said = byId('said');
    clearTimeout(hiding);
    said.textContent = what;
    said.className = bad ? 'bad' : '';
    hiding = setTimeout(() => {
      said.textContent = '';
    }, 6000);
  }

  async function post(action: string, sent: object) {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`/gateway/${action}`, { method: 'POST', headers, body: JSON.stringify(sent) });
    // biome-ignore lint/suspicious/noExplicitAny: each action has another answer, and its reader knows which.
    return (await response.json()) as any;
  }

  /** A button that runs work once at a time. It is not disabled meanwhile, since that would lose the focus. */
  function button(className: string, label: string, about: string, run: () => unknown): HTMLButtonElement {
    const element = make<HTMLButtonElement>('button', className, label);
    element.type = 'button';
    if (about !== '') element.setAttribute('aria-label', `${label} ${about}`);
    element.addEventListener('click', async () => {
      if (element.ariaBusy === 'true') return;
      element.ariaBusy = 'true';
      try {
        await run();
      } catch {
        say(text('gone'), true);
      } finally {
        element.ariaBusy = null;
      }
    });
    return element;
  }

  async function copy(what: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(what);
      say(text('copied'));
    } catch {
      say(text('notCopied'), true);
    }
  }

  const copyButton = (about: string, what: () => string) => button('small', text('copy'), about, () => copy(what()));

  return {
    ...{ byId, text, make, say, post, button, copy, copyButton },
    lang: () => lang,
    cell: (className: string, ...children: Part[]) => make('td', className, ...children),
    badge: (kind: string, what: string) => make('span', `badge ${kind}`, what),
    /** A text with its title and a button that copies it. It can be scrolled by the keyboard. */
    block(title: string, sent: string, shown = sent, className = ''): HTMLElement {
      const pre = make('pre', className, shown);
      pre.tabIndex = 0;
      pre.setAttribute('role', 'group');
      pre.setAttribute('aria-label', title);
      return make(
        'div',
        'text',
        make(
          'div',
          'bar',
          make('h3', '', title),
          copyButton(title, () => sent),
        ),
        pre,
      );
    },
    /** The members that choose an order in an action. They are its key too. */
    choiceOf: ({ out_trade_no, mch_id, sub_mch_id, sandbox }: OrderRecord) => ({
      ...{ out_trade_no, mch_id, sandbox: sandbox === true },
      ...(sub_mch_id && { sub_mch_id }),
    }),
    value: (id: string) => byId<HTMLInputElement>(id).value,
    yuan: (fen: number) => `¥${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`,
    /** In Beijing, as all times of WeChat Pay are. */
    beijing: (ms: number) => new Date(ms + 28_800_000).toISOString().replace('T', ' '),
    span(ms: number): string {
      const seconds = Math.max(0, Math.round(ms / 1000));
      if (seconds < 60) return text('s', seconds);
      if (seconds < 3600) return text('min', Math.floor(seconds / 60));
      return seconds < 86_400 ? text('h', Math.floor(seconds / 3600)) : text('d', Math.floor(seconds / 86_400));
    },
    /** The gateway's words about an attempt. */
    words(what: string): string {
      const [pattern, chinese] =
        (lang === 'zh' && texts.words.find(([one]) => new RegExp(`^${one}$`).test(what))) || [];
      return pattern === undefined ? what : what.replace(new RegExp(`^${pattern}$`), chinese ?? '');
    },
    switchLanguage(): void {
      lang = lang === 'en' ? 'zh' : 'en';
      try {
        localStorage.setItem(KEPT, lang);
      } catch {
        // A browser may forbid it.
      }
    },
    /** Sets every fixed text of the document. */
    translate(): void {
      document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en';
      for (const element of document.querySelectorAll<HTMLElement>('[data-text]'))
        element.textContent = text(element.dataset.text ?? '');
      for (const element of document.querySelectorAll<HTMLElement>('[data-label]'))
        element.setAttribute('aria-label', text(element.dataset.label ?? ''));
    },
  };
}
