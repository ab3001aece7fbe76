// Decodes camera frames with zxing-wasm, away from the page. Loaded when the
// camera is first opened; library and WebAssembly come from this server.
/* global ZXingWASM */
importScripts("../vendor/zxing-wasm/reader.js");

const wasm = new URL("../vendor/zxing-wasm/zxing_reader.wasm", self.location.href).href;
ZXingWASM.prepareZXingModule({ overrides: { locateFile: () => wasm } });

const options = {
  formats: ["DataMatrix", "QRCode", "Code128"],
  maxNumberOfSymbols: 4,
  textMode: "Plain", // group separators stay U+001D
  tryHarder: true,
  tryRotate: true,
  tryInvert: true,
  tryDownscale: true,
};

self.onmessage = async ({ data: { data, width, height } }) => {
  const found = await ZXingWASM.readBarcodes(new ImageData(data, width, height), options).catch(() => []);
  self.postMessage(found.filter((code) => code.isValid).map((code) => ({ text: code.text, symbology: code.symbologyIdentifier })));
};
