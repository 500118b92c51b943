"""The registry of diagnostic codes: the severity and the one-line meaning of each.

Families: 0 syntax, 1 names, 2 AWS vocabulary, 3 tiers, grants and time, 4 quotas, 5 checks, the lock (56x) and outputs
(57x), 6 lint, 7 Unicode safety, 9 the run itself. `pages/CODE.md` beside this module explains each at length.
"""

from __future__ import annotations

from iamdsl.values import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One diagnostic code: severity is `error`, `warning` or `note`."""

    code: str
    severity: str
    title: str


_TABLE = """
IAM001 error   unexpected text
IAM002 error   unknown declaration
IAM003 error   unclosed brace
IAM004 error   unterminated string
IAM005 error   the edition line is missing or out of place
IAM006 error   unknown edition
IAM007 error   the file is not UTF-8 text
IAM008 error   tab or carriage return
IAM009 error   too large or nested too deep
IAM010 error   nothing is declared
IAM011 error   malformed interpolation
IAM012 error   a field is given twice or in the wrong place
IAM020 error   broken YAML
IAM021 error   duplicate key
IAM022 error   YAML anchors, aliases and merge keys are not accepted
IAM023 error   YAML tags are not accepted
IAM024 error   several YAML documents in one file
IAM025 error   wrong shape
IAM026 error   unknown key
IAM027 error   an ARN or action became a mapping
IAM028 warning empty list
IAM029 error   a key is missing
IAM030 error   the value is not one of those allowed
IAM031 error   the policy cannot be declared
IAM101 error   unknown name
IAM102 error   the name is declared twice
IAM103 error   two names differ only by case
IAM104 error   circular import
IAM105 error   import outside the project
IAM106 error   the imported file cannot be found
IAM107 error   undefined variable
IAM108 error   a replaced value brings in a wildcard
IAM109 warning declared but never used
IAM110 error   files of different editions in one project
IAM111 error   the name is of another kind
IAM112 error   the resource does not exist in this account
IAM201 error   unknown service
IAM202 error   unknown action
IAM203 error   an exclusion excludes nothing
IAM204 error   malformed ARN
IAM205 error   unknown partition
IAM206 error   the ARN fits no resource type
IAM207 error   the access level has no action on this resource
IAM208 error   the action does not work on this resource
IAM209 error   a bare wildcard needs the declaration to say so
IAM210 error   region or account of the ARN is wrong for its type
IAM211 error   unknown or unsupported condition key
IAM212 error   the operator or the value does not fit the condition key
IAM213 error   the conditions contradict each other
IAM214 error   the pattern matches no action
IAM215 warning dependent actions are not granted
IAM216 warning the action also needs resources of other types
IAM217 error   iam:PassRole is granted by `pass` only
IAM218 warning some of the actions can never meet this condition
IAM219 error   the action cannot be restricted to a resource
IAM220 warning the access level has no effect on one of several targets
IAM221 warning iam:PassRole is left out of a level or pattern
IAM222 error   a wildcard-only action that can be restricted to a resource
IAM223 note    dependent actions were added
IAM301 error   the role exceeds the ceiling of its tier
IAM302 error   the session is longer or shorter than IAM allows
IAM303 error   the date has passed
IAM304 warning the date is near
IAM305 error   the exclusions leave nothing
IAM306 warning redundant line
IAM307 warning the line is shadowed by a deny
IAM308 error   `${aws:username}` does not exist for federated people
IAM309 warning the role is granted to nobody
IAM310 error   a deny removes everything that the role allows
IAM311 warning a `generalise` pattern fits no resource
IAM312 warning the policy does not end with this grant
IAM401 error   the policy does not fit its quota
IAM402 error   too many policies for one role
IAM403 error   name, path or text longer than AWS allows
IAM404 error   the name cannot be an output file
IAM405 error   the role grants nothing
IAM406 warning patterns that may come to match more
IAM501 error   the check failed
IAM502 error   the check tests nothing
IAM561 error   a level or pattern does not stand for what is locked
IAM562 error   a level or pattern is not in the lock
IAM563 error   the lock cannot be used
IAM570 error   the target needs a setting
IAM571 error   more of a thing than AWS allows
IAM572 error   characters that AWS does not accept
IAM573 warning a break-glass role whose use nobody hears of
IAM574 warning role chaining ends the session after one hour
IAM575 warning a condition on mfa that federated people never meet
IAM576 error   a service outside the compliance programme
IAM577 warning AWS does not end the grant
IAM578 error   the policy variable does not say who somebody is
IAM579 error   two policies of an account would have one name
IAM601 warning an `ignore` comment silences nothing
IAM602 error   an `ignore` comment gives no reason
IAM603 error   the code cannot be ignored
IAM610 warning the actions together lead to more privileges
IAM611 warning credentials can be read or made
IAM612 warning a resource can be opened to others
IAM613 warning the data of every resource can be read
IAM650 error   the policy is not JSON
IAM651 error   an element of the policy is missing
IAM652 error   unknown element of a policy
IAM653 error   an element of the policy is written twice
IAM654 error   an element of the policy has the wrong type
IAM655 error   unknown Effect or Version
IAM656 error   elements that exclude each other
IAM657 error   a Sid is malformed or used twice
IAM658 error   a principal in a policy that takes none
IAM659 error   a policy variable is malformed
IAM660 error   unknown condition operator
IAM661 error   the value does not fit the condition operator
IAM662 warning Version is missing or old
IAM663 warning a wildcard that the operator does not read
IAM664 warning any role may be passed
IAM665 warning a service-linked role may be made for any service
IAM666 warning Allow with NotAction or NotResource
IAM667 warning everything is allowed
IAM668 warning an empty list in a policy
IAM669 warning an entry adds nothing
IAM670 warning a private address as the source
IAM671 warning ForAllValues holds without the key
IAM672 warning the operator does not compare keys of this type
IAM673 warning a statement that the policy can do without
IAM674 error   a principal that this kind of policy does not take
IAM675 error   a resource control policy cannot say this
IAM676 warning more callers are trusted or denied than meant
IAM677 warning a condition key that guards less than it seems
IAM678 warning a condition that says nothing
IAM679 warning a wildcard in a service's name
IAM701 error   bidirectional control character
IAM702 error   characters of mixed or look-alike scripts
IAM703 error   control character
IAM704 error   invisible or unusual white space
IAM705 error   typographic quote or full-width sign
IAM901 error   the file cannot be read
IAM902 error   the output cannot be written
IAM903 error   the action database cannot be used
IAM904 error   the proof failed
IAM905 error   the formatter would change more than the layout
IAM906 error   the converted declarations do not mean the same
IAM960 error   an output differs from what the sources compile to
IAM961 error   an output is missing
IAM962 error   an output is made by no source
IAM970 error   the file is no sound rollup of usage
IAM972 error   there is nothing to read
IAM982 error   nobody used the role
IAM983 error   nobody of that name
"""


def _parse(table: str) -> dict[str, Code]:
    rows = (line.split(None, 2) for line in table.split("\n") if line)
    return {code: Code(code, severity, title) for code, severity, title in rows}


CODES = _parse(_TABLE)
"""Every code by its name."""
