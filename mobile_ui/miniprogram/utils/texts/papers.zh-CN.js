module.exports = {
  sign: {
    title: "签名",
    reviewTitle: "请看清楚要签的申请书",
    how: "签名时会再核验一次是您本人，刷脸或不刷脸都可以。签好的文件用任何 PDF 阅读器都能验证。",
    open: "打开申请书（PDF）",
    mark: "文件指纹 {mark}…",
    agree: "我已看清申请书的内容，同意用电子签名签署并提交。",
    agreeMissing: "请先确认已看清申请书。",
    submit: "核验本人并签名",
    download: "下载我签名的申请书（PDF）",
    again: "申请书已更新，请再看一遍",
    lookFirst: "改动后需要重新签名，请看清下面的申请书。",
  },
};
