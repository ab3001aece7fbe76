// Brings the list of saved scans to life on pages that show it.
import { startSaved } from "./saved.js";

const box = document.querySelector("[data-saved-box]");
if (box) startSaved(box);
