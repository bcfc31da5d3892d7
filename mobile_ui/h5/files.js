// WeChat's choosing of pictures and files, by the browser's own dialogue; read again by their path.

const chosen = new Map(); // path → File, for as long as the page is open
let serial = 0;

/** One file by the browser's dialogue; Escape is a fail, as in WeChat. */
function choose({ accept, success, fail }, shown) {
  const input = document.createElement("input");
  Object.assign(input, { type: "file", accept });
  input.addEventListener("change", () => {
    const [file] = input.files;
    if (!file) return fail?.({ errMsg: "fail cancel" });
    serial += 1;
    const path = `browser://${serial}`;
    chosen.set(path, file);
    return success({ tempFiles: [shown(path, file)] });
  });
  input.addEventListener("cancel", () => fail?.({ errMsg: "fail cancel" }));
  input.click();
}

export function chooseMedia(options) {
  choose({ ...options, accept: "image/jpeg,image/png" }, (path, file) => ({ tempFilePath: path, size: file.size, name: file.name, fileType: "image" }));
}

export function chooseMessageFile(options) {
  const accept = (options.extension ?? []).map((ending) => `.${ending}`).join(",");
  choose({ ...options, accept }, (path, file) => ({ path, size: file.size, name: file.name, type: "file" }));
}

export const getFileSystemManager = () => ({
  readFile({ filePath, success, fail }) {
    const file = chosen.get(filePath);
    if (!file) return fail?.({ errMsg: "readFile:fail no such file" });
    return file.arrayBuffer().then((data) => success({ data }), () => fail?.({ errMsg: "readFile:fail" }));
  },
});
