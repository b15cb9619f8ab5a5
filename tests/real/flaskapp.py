"""A Flask application, for tests/real.sh."""

from flask import (Flask, Response, jsonify, redirect, request, session,
                   url_for)

app = Flask(__name__)
app.secret_key = "for tests"


@app.route("/")
def index():
    return "Hello from Flask at " + url_for("index")


@app.route("/form", methods=["GET", "POST"])
def form():
    return jsonify(method=request.method, name=request.values.get("name"),
                   host=request.host)


@app.route("/file", methods=["POST"])
def file():
    upload = request.files["file"]
    return "%s %d" % (upload.filename, len(upload.read()))


@app.route("/login")
def login():
    session["user"] = "ada"
    return redirect(url_for("whoami"))


@app.route("/whoami")
def whoami():
    return "user " + session.get("user", "-")


@app.route("/stream")
def stream():
    return Response((("line %d\n" % i) for i in range(5)),
                    mimetype="text/plain")


@app.route("/user/<name>")
def user(name):
    return "user " + name
