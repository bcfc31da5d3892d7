// One icon. Browsers take it from the sprite and colour it with the text; WeChat reads a picture.
Component({
  options: { styleIsolation: "apply-shared" },
  properties: {
    name: String,
    tone: { type: String, value: "brand" },
  },
  data: { browser: Boolean(wx.browserHost) },
});
