// A phone for tests: it loads a native mini program from its files, and acts as WeChat.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path/posix';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { miniprogram } = createRequire(import.meta.url)('paysign/package.json');

/** A file of the package, found as 构建 npm finds it: in the folder that package.json names. */
function packaged(name) {
  const [, file = 'index'] = /^paysign(?:\/(.+))?$/.exec(name) ?? [];
  return `${root}/pkg/${miniprogram}/${file}.js`;
}

/**
 * Opens a mini program of a folder.
 * @param {object} options
 * @param {string} options.folder from the top of the project
 * @param {string} options.address where its server listens, in place of `https://shop.example.com`
 * @param {() => string} options.login the code of a log-in
 * @param {(options: object) => void} options.requestPayment acts as the payer
 */
export function openPhone({ folder, address, login, requestPayment }) {
  const modules = new Map();
  const pages = new Map();
  const log = { toasts: [], requests: [], errors: [], stops: 0 };
  let app;
  let confirm = true;
  /** The pages that are open, the last one on top. */
  const stack = [];
  const read = (path) => readFileSync(join(root, folder, path), 'utf8');
  const data = JSON.parse(read('app.json'));

  const wx = {
    login: ({ success }) => setImmediate(success, { code: login(), errMsg: 'login:ok' }),
    request({ url, method, data, header, success, fail }) {
      const place = url.replace('https://shop.example.com', address);
      log.requests.push({ method, path: new URL(url).pathname, header, data });
      fetch(place, { method, headers: header, ...(method !== 'GET' && { body: JSON.stringify(data ?? {}) }) }).then(
        async (answer) => success({ statusCode: answer.status, data: await answer.json(), errMsg: 'request:ok' }),
        () => fail({ errMsg: 'request:fail' }),
      );
    },
    requestPayment,
    showToast: ({ title }) => log.toasts.push(title),
    showModal: ({ success }) => success({ confirm, cancel: !confirm, errMsg: 'showModal:ok' }),
    stopPullDownRefresh: () => {
      log.stops += 1;
    },
    navigateTo({ url }) {
      const [path, query] = url.slice(1).split('?');
      phone.opening = phone.open(path, Object.fromEntries(new URLSearchParams(query)));
    },
    navigateBack() {
      stack.pop().onUnload?.();
      stack.at(-1).onShow?.();
    },
  };
  // The file of the package has the global of its own realm.
  globalThis.wx = wx;

  /** A file of the mini program. Its waits are short here. */
  function load(path, scope = {}) {
    if (modules.has(path)) return modules.get(path).exports;
    const module = { exports: {} };
    modules.set(path, module);
    const require = (name) => {
      if (!name.startsWith('.')) return load(packaged(name));
      return load(`${join(dirname(path), name)}.js`);
    };
    const globals = {
      ...{ wx, require, module, exports: module.exports, getApp: () => app, setTimeout: (act) => setTimeout(act, 1) },
      ...{ console: { error: (text) => log.errors.push(text) }, ...scope },
    };
    const code = path.startsWith('/') ? readFileSync(path, 'utf8') : read(path);
    new Function(...Object.keys(globals), code)(...Object.values(globals));
    return module.exports;
  }

  const phone = {
    log,
    wx,
    read,
    settings: data,
    /** The parts of a page, as its file declares them. */
    declared(path) {
      if (!pages.has(path)) load(`${path}.js`, { Page: (page) => pages.set(path, page) });
      return pages.get(path);
    },
    launch() {
      load('app.js', {
        App: (declared) => {
          app = declared;
        },
      });
      return app.onLaunch();
    },
    async open(path, query = {}) {
      if (!data.pages.includes(path)) throw new Error(`app.json names no page ${path}`);
      const declared = this.declared(path);
      const page = Object.assign(Object.create(null), declared, { data: structuredClone(declared.data) });
      page.setData = (changed) => {
        for (const name of Object.keys(changed))
          if (!Object.hasOwn(page.data, name)) throw new Error(`${path} declares no data ${name}`);
        // WeChat sends the data to another thread, so it must be plain.
        Object.assign(page.data, JSON.parse(JSON.stringify(changed)));
      };
      stack.push(page);
      const loaded = page.onLoad?.(query);
      page.onShow?.();
      await loaded;
      return page;
    },
    get page() {
      return stack.at(-1);
    },
    answerModals(answer) {
      confirm = answer;
    },
  };
  return phone;
}
