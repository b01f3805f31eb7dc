// Who may call a payment up: the mini programs and apps of an order, and its payer there (docs: 小程序调起支付).

import type { Order } from './books/orders.js';

/** An AppID with which an order is called up, and its name in the call that placed the order. */
export interface CallUpApp {
  readonly name: string;
  readonly appId: string;
}

/** Returns the AppIDs of an order. A sub-merchant's order may have two. */
export function callUpApps({ merchant, request, json, combination }: Order): readonly CallUpApp[] {
  if (combination !== undefined) return [{ name: 'combine_appid', appId: combination.merchant.appid }];
  const sub_appid = request.get('sub_appid');
  if (sub_appid === undefined) return [{ name: 'appid', appId: merchant.appid }];
  const sub = { name: 'sub_appid', appId: sub_appid };
  const isKnownInSub = request.has('sub_openid') && !request.has('openid');
  // In APIv2 the order's sub_appid is the only one.
  return json === undefined || isKnownInSub ? [sub] : [{ name: 'sp_appid', appId: merchant.appid }, sub];
}

/** Returns why the order is not called up with this AppID, or undefined. */
export function judgeApp(order: Order, appId: string): string | undefined {
  const apps = callUpApps(order);
  if (apps.some((app) => app.appId === appId)) return undefined;
  const names = apps.map(({ name }) => name).join(' or the ');
  return `appId 与下单时不一致: appId is not the ${names} of the order`;
}

/** Returns whether the user of this AppID may be the order's payer. The payer of the other mini program is unknown here. */
export function mayBePayer({ request, json, combination }: Order, appId: string, openid: string): boolean {
  const [inOwn, inSub] = [request.get('openid'), request.get('sub_openid')];
  // APIv2 knows one of them.
  if (json === undefined) return openid === (inSub ?? inOwn);
  const isSub = combination === undefined && appId === request.get('sub_appid');
  const known = isSub ? inSub : inOwn;
  return known === undefined || openid === known;
}
