// In the hidden frame: tells the page around it how the renewal went. Only a page of this very origin can hear it.
parent.postMessage({ abide: document.currentScript.dataset.result }, location.origin);
