// Gives the person a file to keep: a download in a browser, a file to send on inside WeChat.

/** ``file``: {name, type, text}, or ``content`` (an ArrayBuffer) for ``text``. Rejects when the person or the host would not. */
function save(file) {
  if (wx.browserHost) {
    wx.browserHost.save(file);
    return Promise.resolve();
  }
  const filePath = `${wx.env.USER_DATA_PATH}/${file.name}`;
  wx.getFileSystemManager().writeFileSync(filePath, ...(file.content ? [file.content] : [file.text, "utf8"]));
  return new Promise((resolve, reject) => {
    wx.shareFileMessage({ filePath, fileName: file.name, success: resolve, fail: reject });
  });
}

module.exports = { save };
