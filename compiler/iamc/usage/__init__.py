"""What people really use: CloudTrail in, declarations out.

    events --observe--> observations --settle--> uses: the rollup -> draft, coverage, unused, who, denied
      or SQL on another engine --^

An observation is what one portable SQL query can say of an event; a use is what that means. The reader of this
package and every engine make observations, and one function settles them all, so that the rollup does not depend
on who read the logs.
"""
