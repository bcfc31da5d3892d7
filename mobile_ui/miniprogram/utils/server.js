// Where the API is. In a browser it is where the pages came from; inside WeChat it must be the
// https address registered for the mini-program.
module.exports = { address: wx.browserHost ? "" : "https://example.invalid" };
