// The frameworks from npm, each mounted with the README's own lines, with and without their parsers.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { answerNode, nodeHandler } from 'paysign';
import { expressNotify } from 'paysign/express';
import { fastifyNotify } from 'paysign/fastify';
import { mountOf, run, work } from './readme-support.mjs';

const from = createRequire(new URL('./frameworks/', import.meta.url));

/** The types of notices: of APIv2 and of APIv3. */
const TYPES = ['text/xml', 'application/json'];

/** A server of node:http that has not begun to listen, and what to close besides it. */
const plain = (listener, close) => ({ server: createServer(listener), close });

function expressOf(name) {
  const express = from(name);
  const mounted = (use) => async (notify) => {
    const app = express();
    use?.(app, express);
    await run(mountOf('Express').code, { app, notify });
    return plain(app);
  };
  const text = (options) => mounted((app) => app.use(express.text({ type: '*/*', ...options })));
  const keep = (request, _response, raw) => {
    request.rawBody = raw;
  };
  return {
    open: mounted(),
    delivers: {
      'after express.json() that keeps the raw body': mounted((app) => app.use(express.json({ verify: keep }))),
      'after a parser that keeps the raw body': text({ verify: keep }),
      'after express.raw()': mounted((app) => app.use(express.raw({ type: '*/*' }))),
      'after express.text()': text(),
    },
    eatsXml: {
      'an XML parser': mounted((app) => {
        from('body-parser-xml')(from('body-parser'));
        app.use(from('body-parser').xml());
      }),
    },
    eatsJson: { 'express.json()': mounted((app) => app.use(express.json())) },
    eats: { 'express.json() for every type': mounted((app) => app.use(express.json({ type: '*/*' }))) },
    mount: /before app\.use\(express\.json\(\)\).*request\.rawBody = raw/,
  };
}

const koa = (() => {
  const Koa = from('koa').default ?? from('koa');
  const { Router } = from('@koa/router');
  const mounted =
    (...middleware) =>
    async (notify) => {
      const app = new Koa();
      const router = new Router();
      await run(mountOf('Koa').code, { router, notify });
      for (const one of [...middleware, router.routes()]) app.use(one);
      return plain(app.callback());
    };
  const bodyParser = from('koa-bodyparser');
  const { koaBody } = from('koa-body');
  return {
    open: mounted(),
    delivers: {
      'after bodyParser()': mounted(bodyParser()),
      'after a parser that keeps the raw body': mounted(
        bodyParser({ enableTypes: ['json', 'text'], extendTypes: { text: ['text/*'] } }),
      ),
      'after an XML parser that keeps the raw body': mounted(bodyParser({ enableTypes: ['xml'] })),
    },
    eatsJson: { 'koa-body': mounted(koaBody()) },
    eats: {
      'a parser of everything': mounted(async (context, next) => {
        for await (const _part of context.req);
        context.request.body = { xml: { appid: ['wx1'] } };
        await next();
      }),
    },
    mount: /before app\.use\(bodyParser\(\)\)/,
  };
})();

const fastify = (() => {
  const { fastify: create } = from('fastify');
  const opened = async (app) => {
    await app.ready();
    return { server: app.server, close: () => app.close() };
  };
  const mounted = (use) => async (notify) => {
    const app = create();
    await use?.(app);
    await run(mountOf('Fastify').code, { app, notify });
    return opened(app);
  };
  const middleware = (options) =>
    mounted(async (app) => {
      await app.register(from('@fastify/middie'));
      app.use(from('express').text({ type: '*/*', ...options }));
    });
  const keep = (request, _response, raw) => {
    request.rawBody = raw;
  };
  return {
    open: mounted(),
    delivers: {
      'beside a parser of everything': mounted((app) =>
        app.addContentTypeParser('*', { parseAs: 'string' }, async () => 'parsed'),
      ),
      'after a middleware that keeps the raw body': middleware({ verify: keep }),
      'after express.text()': middleware(),
      'in a route with a parser of text': async (notify) => {
        const app = create();
        app.addContentTypeParser(TYPES, { parseAs: 'string' }, async (_request, text) => text);
        app.post('/wxpay/notify', fastifyNotify(notify).handler);
        return opened(app);
      },
      'in a route with a parser that keeps the raw body': async (notify) => {
        const app = create();
        app.addContentTypeParser(TYPES, { parseAs: 'buffer' }, async (_request, raw) => raw);
        app.post('/wxpay/notify', fastifyNotify(notify).handler);
        return opened(app);
      },
    },
    eats: {
      'a parser of the route': async (notify) => {
        const app = create();
        app.addContentTypeParser(TYPES, { parseAs: 'string' }, async () => ({ xml: {} }));
        app.post('/wxpay/notify', fastifyNotify(notify).handler);
        return opened(app);
      },
    },
    mount: /no middleware or hook may read/,
  };
})();

const hono = (() => {
  const { Hono } = from('hono');
  const { getRequestListener } = from('@hono/node-server');
  const mounted = (use) => async (notify) => {
    const app = new Hono();
    use?.(app, notify);
    await run(mountOf('Hono').code, { app, notify });
    return plain(getRequestListener(app.fetch));
  };
  const reads = async (context, next) => {
    await context.req.text();
    await next();
  };
  return {
    open: mounted(),
    delivers: {
      'where the body that Hono keeps is handed on': mounted((app, notify) => {
        app.use(reads);
        app.post('/wxpay/notify', async ({ req }) => notify(new Request(req.raw, { body: await req.arrayBuffer() })));
      }),
    },
    eats: { 'a middleware': mounted((app) => app.use(reads)) },
    mount: /before the code that reads the body/,
  };
})();

/** Nest on one of its platforms; a controller replaces the README's line where one is passed. */
function nest(adapter, controller) {
  from('reflect-metadata');
  const { Controller, Module, Post, Req, Res } = from('@nestjs/common');
  const { NestFactory } = from('@nestjs/core');
  return ({ options, use, own } = {}) =>
    async (notify) => {
      class Notices {
        post(request, response) {
          return controller(notify)(request, response);
        }
      }
      Req()(Notices.prototype, 'post', 0);
      Res()(Notices.prototype, 'post', 1);
      Post('notify')(Notices.prototype, 'post', Object.getOwnPropertyDescriptor(Notices.prototype, 'post'));
      Controller('wxpay')(Notices);
      class Shop {}
      Module({ controllers: own ? [Notices] : [] })(Shop);
      const app = await NestFactory.create(Shop, adapter(), { logger: false, ...options });
      use?.(app);
      if (!own) await run(mountOf('NestJS').code, { app, notify });
      await app.init();
      const platform = app.getHttpAdapter().getInstance();
      await platform.ready?.();
      return { server: app.getHttpServer(), close: () => app.close() };
    };
}

const nestOnExpress = (() => {
  const { ExpressAdapter } = from('@nestjs/platform-express');
  const mounted = nest(() => new ExpressAdapter(), expressNotify);
  const xml = (app) => app.useBodyParser('text', { type: 'text/xml' });
  return {
    open: mounted(),
    delivers: { 'in a controller, with rawBody': mounted({ own: true, options: { rawBody: true }, use: xml }) },
    eatsJson: {
      "Nest's own parser": mounted({ own: true }),
      "Nest's own parser with one of text": mounted({ own: true, use: xml }),
    },
    eats: {
      "Nest's json parser for every type": mounted({
        own: true,
        use: (app) => app.useBodyParser('json', { type: '*/*' }),
      }),
    },
    mount: /rawBody: true/,
  };
})();

const nestOnFastify = (() => {
  const { FastifyAdapter } = from('@nestjs/platform-fastify');
  const mounted = nest(
    () => new FastifyAdapter(),
    (notify) => fastifyNotify(notify).handler,
  );
  const xml = (app) => app.useBodyParser('text/xml', {}, (_request, raw, done) => done(null, { xml: String(raw) }));
  return {
    open: mounted(),
    delivers: { 'in a controller, with rawBody': mounted({ own: true, options: { rawBody: true }, use: xml }) },
    eats: { "Nest's parser": mounted({ own: true, use: xml }) },
    mount: /request\.rawBody/,
  };
})();

const egg = (() => {
  const mounted =
    (extra = '') =>
    async (notify) => {
      mkdirSync(work, { recursive: true });
      const baseDir = mkdtempSync(join(work, 'egg-'));
      const [config, router] = mountOf('egg').code.split(/^\/\/ egg: .*\n/m);
      const files = {
        'package.json': JSON.stringify({ name: 'shop', egg: { typescript: false } }),
        'config/config.default.js': `exports.keys = 'k';\nexports.logger = { disableConsoleAfterReady: true, consoleLevel: 'NONE', level: 'NONE' };\n${extra}\n${config}`,
        // Their timers outlive the application.
        'config/plugin.js': 'exports.schedule = false;\nexports.logrotator = false;\n',
        'app/router.js': `const { notify } = globalThis.readme;\n${router}`,
      };
      for (const [name, text] of Object.entries(files)) {
        mkdirSync(join(baseDir, name, '..'), { recursive: true });
        writeFileSync(join(baseDir, name), text);
      }
      globalThis.readme = { notify };
      const app = await from('egg').start({ baseDir, mode: 'single', ignoreWarning: true, env: 'prod' });
      return plain(app.callback(), async () => {
        await app.close();
        await app.agent.close();
        rmSync(baseDir, { recursive: true, force: true });
      });
    };
  const parses = "exports.bodyParser = { enableTypes: ['text'], extendTypes: { text: ['text/xml'] } };";
  return {
    open: mounted(),
    delivers: { 'after a parser that keeps the raw body': mounted(parses) },
    eats: {},
  };
})();

const node = {
  open: async (notify) => plain(nodeHandler(notify)),
  delivers: {
    'behind a bridge that has kept the raw body': async (notify) =>
      plain(async (request, response) => {
        let rawBody = '';
        for await (const part of request) rawBody += part;
        const { status, headers, body } = await answerNode(notify, request, { rawBody });
        response.writeHead(status, headers).end(body);
      }),
    'behind a middleware that has left the text in request.body': async (notify) =>
      plain(async (request, response) => {
        request.body = '';
        for await (const part of request) request.body += part;
        await nodeHandler(notify)(request, response);
      }),
  },
  eats: {
    'a listener': async (notify) =>
      plain(async (request, response) => {
        for await (const _part of request);
        await nodeHandler(notify)(request, response);
      }),
  },
  mount: /before the code that reads the body/,
};

/**
 * Every framework: how it is opened plainly, where a notice is delivered beside a parser, and what eats a body. What eats only XML or
 * only JSON delivers the notices of the other API generation.
 */
export const FRAMEWORKS = {
  'node:http': node,
  'Express 4': expressOf('express4'),
  'Express 5': expressOf('express'),
  Koa: koa,
  egg,
  Fastify: fastify,
  'Nest on Express': nestOnExpress,
  'Nest on Fastify': nestOnFastify,
  Hono: hono,
};
