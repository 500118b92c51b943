"""What people really use: CloudTrail in, declarations out.

    events --observe--> observations --settle--> uses: the rollup -> draft, coverage, unused, who, denied
      or SQL on another engine --^

An observation is what one portable SQL query can say of an event; a use is what that means. Engines make observations,
and one function settles them; the reader of this package goes from an event to its use by the same steps, without
writing down what lies between. So the rollup does not depend on who read the logs.
"""
