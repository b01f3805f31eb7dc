// The page of the goods: it places an order, opens the payment, and leaves the result to the next page.
const { requestPayment } = require('paysign/miniprogram');
const { ask } = require('../../utils/server');
const yuan = require('../../utils/yuan');

Page({
  data: { goods: [], isBusy: false, last: '' },

  async onLoad() {
    try {
      const goods = await ask('/goods');
      this.setData({ goods: goods.map(({ id, title, total_fee }) => ({ id, title, price: yuan(total_fee) })) });
    } catch (error) {
      wx.showToast({ title: error.message, icon: 'none' });
    }
  },

  /** A phone may never call back. The buttons work again when the payer returns to this page. */
  onShow() {
    this.setData({ isBusy: false });
  },

  async buy(event) {
    if (this.data.isBusy) return;
    this.setData({ isBusy: true });
    try {
      const { out_trade_no, payment } = await ask('/orders', 'POST', { goods: event.currentTarget.dataset.goods });
      this.setData({ last: out_trade_no });
      // Without a payment the earlier order of these goods is paid already.
      const { status, detail } = payment ? await requestPayment(payment) : { status: 'ok' };
      if (status === 'failed') console.error(detail);
      this.open(out_trade_no, status);
    } catch (error) {
      wx.showToast({ title: error.message, icon: 'none' });
    }
    this.setData({ isBusy: false });
  },

  showLast() {
    this.open(this.data.last, '');
  },

  /** Whatever the phone says, the next page asks the server. */
  open(out_trade_no, status) {
    wx.navigateTo({ url: `/pages/result/index?out_trade_no=${out_trade_no}&status=${status}` });
  },
});
