// The answer goes on to the app at once; the button is for browsers without scripts.
document.getElementById("form-post").submit();
