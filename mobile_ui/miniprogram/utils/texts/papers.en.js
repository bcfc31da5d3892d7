module.exports = {
  sign: {
    title: "Sign",
    reviewTitle: "Please read what you sign",
    how: "You prove once more that it is you, with or without your face. Any PDF reader can check what you signed.",
    open: "Open the document (PDF)",
    mark: "Fingerprint {mark}…",
    agree: "I have read the application and agree to sign it electronically and to submit it.",
    agreeMissing: "Please confirm first that you have read the application.",
    submit: "Prove it is me, and sign",
    download: "Download what I signed (PDF)",
    again: "The document is a new one. Please read it again",
    lookFirst: "What you changed must be signed again. Please read the application below.",
  },
};
